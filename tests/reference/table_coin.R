# Exact p-values of classical tests of tables by the R package coin, and the data that they are of (of
# coin and of R itself), as CSV. Run from the repository's root:
#   Rscript tests/reference/table_coin.R > tests/reference/table_coin.tsv
suppressMessages(library(coin))
data(rotarod, package = "coin"); data(asat, package = "coin")
out <- function(name, d) write.csv(d, file.path("tests/data/tables", paste0(name, ".csv")), row.names = FALSE, quote = FALSE)
set.seed(1)
out("rotarod", rotarod); out("asat", asat)
out("insects", subset(InsectSprays, spray %in% c("C", "D")))
out("plants", subset(PlantGrowth, group %in% c("ctrl", "trt1")))
sleep2 <- data.frame(first = sleep$extra[1:10], second = sleep$extra[11:20]); out("sleep", sleep2)
out("breaks", subset(warpbreaks, tension %in% c("L", "H"))[c(1:6, 10:15, 19:24, 28:33), ])
tails <- function(id, test, data, formula, ...) {
  for (tail in c("less", "greater", "two.sided")) {
    t <- test(formula, data = data, distribution = "exact", alternative = tail, ...)
    cat(sprintf("%s\t%s\t%.12g\n", id, tail, pvalue(t)))
  }
}
cat("# R", as.character(getRversion()), "coin", as.character(packageVersion("coin")), "\n")
cat("id\ttail\tp\n")
fac <- function(d, v) { d[[v]] <- factor(d[[v]], levels = unique(as.character(d[[v]]))); d }
rot <- fac(rotarod, "group"); as <- fac(asat, "group")
ins <- fac(subset(InsectSprays, spray %in% c("C", "D")), "spray")
pla <- fac(subset(PlantGrowth, group %in% c("ctrl", "trt1")), "group")
tails("rotarod rank-sum", wilcox_test, rot, time ~ group)
tails("rotarod difference-of-means", oneway_test, rot, time ~ group)
tails("asat difference-of-means", oneway_test, as, asat ~ group)
tails("asat rank-sum", wilcox_test, as, asat ~ group)
for (m in c("average-scores", "mid-ranks")) {
  tails(paste("insects ansari-bradley", m), ansari_test, ins, count ~ spray, ties.method = m)
  tails(paste("insects mood", m), mood_test, ins, count ~ spray, ties.method = m)
}
tails("plants klotz", klotz_test, pla, weight ~ group)
tails("plants van-der-waerden", normal_test, pla, weight ~ group)
tails("plants savage", savage_test, pla, weight ~ group)
tails("plants rank-sum", wilcox_test, pla, weight ~ group)
wb <- fac(subset(warpbreaks, tension %in% c("L", "H"))[c(1:6, 10:15, 19:24, 28:33), ], "tension")
wb$tension <- factor(wb$tension, levels = unique(as.character(wb$tension)))
tails("breaks stratified rank-sum", wilcox_test, wb, breaks ~ tension | wool)
tails("breaks stratified difference-of-means", oneway_test, wb, breaks ~ tension | wool)
for (tail in c("less", "greater", "two.sided")) {
  t <- wilcoxsign_test(second ~ first, data = sleep2, distribution = "exact", zero.method = "Pratt", alternative = tail)
  cat(sprintf("sleep signed-rank\t%s\t%.12g\n", tail, pvalue(t)))
}
