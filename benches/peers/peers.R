# One piece of work by R: its answer, and the seconds of the call. Rscript peers.R WHAT FILE DRAWS
args <- commandArgs(TRUE)
table <- read.csv(args[2])
draws <- as.integer(args[3])
set.seed(3)
if (args[1] == "coin") {
    suppressPackageStartupMessages(library(coin))
    table$arm <- factor(table$arm)
    seconds <- system.time({
        test <- oneway_test(y ~ arm, data = table, distribution = approximate(nresample = draws))
        answer <- as.numeric(pvalue(test))
    })[["elapsed"]]
} else {
    library(boot)
    y <- table$y
    seconds <- system.time({
        answer <- sd(boot(y, function(y, rows) mean(y[rows]), R = draws)$t)
    })[["elapsed"]]
}
cat(answer, seconds, "\n")
