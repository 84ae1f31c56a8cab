# Adjusted p-values of the package multtest over all 792 ways to label 5 + 7 samples:
#   Rscript multtest.R > multtest.tsv
# Data: 40 of the 3051 genes of Golub et al. (1999, Science 286, 531-537), as the package has them; the
# first 5 of 27 ALL and 7 of 11 AML patients. B = 0 asks for complete enumeration.
suppressPackageStartupMessages(library(multtest))
data(golub)
genes <- seq(7, by = 75, length.out = 40)
samples <- c(which(golub.cl == 0)[1:5], which(golub.cl == 1)[1:7])
x <- golub[genes, samples]
labels <- rep(0:1, c(5, 7))
in_order <- function(result) result[order(result$index), ]
quiet <- function(expression) { sink("/dev/null"); on.exit(sink()); expression }
adjusted <- function(f, test, side) in_order(quiet(f(x, labels, test = test, side = side, B = 0)))

welch <- adjusted(mt.maxT, "t", "abs")          # step-down maxT of |t|, unequal variances
upper <- adjusted(mt.maxT, "t", "upper")
pooled <- adjusted(mt.minP, "t.equalvar", "abs") # step-down minP; |t| rises with |mean difference|

cat(sprintf("# %s, multtest %s\n", R.version.string, packageVersion("multtest")))
cat("gene", paste0("x", 1:12), "t", "raw_abs", "maxt_abs", "maxt_upper", "raw_pooled", "minp_abs",
    sep = "\t")
cat("\n")
number <- function(v) sprintf("%.17g", v)
for (i in seq_along(genes)) {
  cat(genes[i], sprintf("%.5f", x[i, ]), number(welch$teststat[i]), number(welch$rawp[i]),
      number(welch$adjp[i]), number(upper$adjp[i]), number(pooled$rawp[i]), number(pooled$adjp[i]),
      sep = "\t")
  cat("\n")
}
