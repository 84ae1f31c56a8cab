# Adjusted p-values by p.adjust: Rscript p_adjust.R > p_adjust.tsv
lists <- list(
  c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000), # Benjamini and Hochberg 1995
  c(0.03, 0.01, 0.04, 0.01, 0.5, 0.03),                      # ties, in no order
  c(0.2),
  c(1, 1, 0.9, 1),
  c(0.0068, 0.0014, 0.0037, 1 / 732, 2 / 732, 35 * 2 / 732)
)
cat(sprintf("# %s, p.adjust of stats\n", R.version.string))
cat("p\tholm\tBH\tBY\n")
for (p in lists) {
  columns <- c(list(p), lapply(c("holm", "BH", "BY"), function(method) p.adjust(p, method)))
  cat(sapply(columns, function(x) paste(sprintf("%.17g", x), collapse = ",")), sep = "\t")
  cat("\n")
}
