//! Other people's code, kept from taking the program down with it.

use std::any::Any;
use std::cell::Cell;
use std::ops::Deref;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

thread_local! {
    /// Whether a panic on this thread is caught by [`quietly`].
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Runs code of another crate that may panic, and gives its panic back as one line of text.
///
/// What the code was working on is left as it stood at the panic: the caller must not use it again.
/// The panic hook says nothing of such a panic; of any other, also on another thread, it says what it
/// said before.
///
/// # Errors
///
/// The panic's message.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    // The hook cannot be changed while a panic is on its way.
    if !thread::panicking() {
        HOOK.call_once(silence_caught);
    }
    let outer = CAUGHT.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    outcome.map_err(|payload| message(payload.as_ref()))
}

/// Puts before the panic hook of now one that passes over what [`quietly`] catches.
fn silence_caught() {
    let otherwise = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if !CAUGHT.get() {
            otherwise(panic);
        }
    }));
}

/// A value of another crate whose drop may panic: that panic ends here, also while another one is on
/// its way.
#[derive(Debug, Clone)]
pub(crate) struct Contained<T>(Option<T>);

impl<T> Contained<T> {
    pub(crate) fn new(value: T) -> Self {
        Contained(Some(value))
    }

    /// Never drops the value: for one that failed, and that its crate can no longer take apart.
    pub(crate) fn leak(mut self) {
        std::mem::forget(self.0.take());
    }
}

impl<T> Deref for Contained<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("it is taken when it is dropped")
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        let value = self.0.take();
        // It was of no more use.
        let _ = quietly(|| drop(value));
    }
}

/// What a panic says, on one line.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    on_one_line(text.unwrap_or("a panic"))
}

/// A text without its line breaks.
pub(crate) fn on_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic::panic_any("in a drop");
        }
    }

    #[test]
    fn a_drop_that_panics_ends_there_even_while_another_panic_unwinds() {
        drop(Contained::new(Bomb));
        let caught = quietly(|| {
            let _bomb = Contained::new(Bomb);
            panic::panic_any("before a drop")
        });
        assert_eq!(caught, Err::<(), _>("before a drop".into()));
        Contained::new(Bomb).leak();
    }

    #[test]
    fn a_panic_comes_back_as_a_line_and_the_hook_is_silent() {
        let heard = Arc::new(AtomicUsize::new(0));
        let counter = heard.clone();
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            // Other tests may panic meanwhile.
            let text = panic.payload().downcast_ref::<&str>().copied();
            if text.is_some_and(|text| text.starts_with("of this test")) {
                counter.fetch_add(1, Ordering::SeqCst);
            } else {
                before(panic);
            }
        }));
        // Another test may have put it before the hook that this one has just replaced.
        silence_caught();
        assert_eq!(quietly(|| 3), Ok(3));
        let caught = quietly(|| {
            assert_eq!(
                quietly(|| -> () { panic::panic_any("of this test, inside") }),
                Err("of this test, inside".into())
            );
            panic!("{} lines\n  in all", 2)
        });
        assert_eq!(caught, Err::<(), _>("2 lines in all".into()));
        assert_eq!(heard.load(Ordering::SeqCst), 0);

        let loud = thread::spawn(|| panic::panic_any("of this test, outside")).join();
        assert!(loud.is_err());
        assert_eq!(heard.load(Ordering::SeqCst), 1);
    }
}
