# Bootstraps by boot 1.3-28.1 (R 4.2.2): as bootstrap.py.
# Rscript bootstrap.R > bootstrap_boot.tsv
library(boot)
set.seed(20240101, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
cat(sprintf("# %s, boot %s: bootstrap.R\n", R.version.string, packageVersion("boot")))
cat("source\tfile\tasked\tinterval\tstandard_error\tlow\thigh\n")
line <- function(file, asked, kind, se, ends)
  cat(paste("boot", file, asked, kind, format(se, digits = 17), format(ends[1], digits = 17), format(ends[2], digits = 17), sep = "\t"), "\n", sep = "")
said <- function(file, asked, of, kinds) {
  ci <- boot.ci(of, conf = 0.95, type = kinds)
  se <- sd(of$t[, 1])
  if ("norm" %in% kinds) line(file, asked, "normal", se, ci$normal[2:3])
  if ("basic" %in% kinds) line(file, asked, "basic", se, ci$basic[4:5])
  if ("perc" %in% kinds) line(file, asked, "percentile", se, ci$percent[4:5])
}
all <- c("norm", "basic", "perc")
nile <- read.csv("../data/nile.csv")$flow
of <- function(statistic) boot(nile, function(x, i) statistic(x[i]), R = 200000)
said("nile.csv", "mean flow", of(mean), all)
said("nile.csv", "sd flow", of(sd), all)
said("nile.csv", "trimmed-mean(0.2) flow", of(function(x) mean(x, trim = 0.2)), all)
asat <- read.csv("../data/tables/asat.csv")
asat$group <- factor(asat$group, levels = unique(asat$group))
difference <- function(d, i) { m <- tapply(d$asat[i], d$group[i], mean); m[1] - m[2] }
said("tables/asat.csv", "difference-of-means asat --group group", boot(asat, difference, R = 100000, strata = asat$group), all)
geometric <- tsboot(ts(nile), mean, R = 200000, l = 10, sim = "geom")
said("nile.csv", "mean flow --scheme stationary --block 10", geometric, all)
fixed <- tsboot(ts(nile), mean, R = 200000, l = 7, sim = "fixed", endcorr = TRUE)
said("nile.csv", "mean flow --scheme circular-block --block 7", fixed, all)
