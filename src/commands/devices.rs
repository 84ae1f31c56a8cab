//! `placebo devices`.

use crate::Result;
use crate::engine::Adapter;

use super::output::Out;

/// Lists the CPU and every adapter with its kind, driver, limits and features.
pub fn devices() -> Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!("cpu: {threads} thread(s)\n");
    let adapters = match Adapter::all() {
        Ok(adapters) => adapters,
        Err(error) => return Out::default().write(&format!("{text}{error}\n")),
    };
    for (index, adapter) in adapters.iter().enumerate() {
        text += &format!(
            "{index}: {} ({}, {})\n   driver: {}\n",
            adapter.name(),
            adapter.kind(),
            adapter.backend(),
            adapter.driver()
        );
        for (limit, value) in adapter.limits() {
            text += &format!("   {limit}: {value}\n");
        }
        for (feature, present) in adapter.features() {
            text += &format!("   {feature}: {}\n", if present { "yes" } else { "no" });
        }
    }
    if adapters.is_empty() {
        text += "no GPU driver offers an adapter (Debian: apt-get install mesa-vulkan-drivers for a software one)\n";
    }
    Out::default().write(&text)
}
