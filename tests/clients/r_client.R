# What R programs do through RODBC, compared exactly. Run by tests/clients/run.
# RODBC binds parameters in sqlSave only, has no way to ask for a second result, and knows R's types: its smallest integer means NA.
library(RODBC)

dsn <- Sys.getenv("SELKIE_DSN")
connection <- Sys.getenv("SELKIE_CONNECTION")
database <- Sys.getenv("SELKIE_DATABASE")
failures <- 0

failed <- function(what) {
  failures <<- failures + 1
  cat("FAILED: ", what, "\n", sep = "")
}

check <- function(what, got, expected) {
  if (identical(got, expected)) {
    cat("ok: ", what, "\n", sep = "")
  } else {
    failed(paste0(what, "\n  expected ", short(expected), "\n  got      ", short(got)))
  }
}

short <- function(value) substr(paste(deparse(value), collapse = " "), 1, 400)

read_values <- function() {
  values <- read.table(Sys.getenv("SELKIE_VALUES"), sep = "\t", quote = "", comment.char = "#", encoding = "UTF-8", colClasses = "character",
                       col.names = c("name", "declaration", "kind", "low", "high"))
  for (which in c("low", "high")) values[[which]][values[[which]] == "(empty)"] <- ""
  values
}

# A query's rows, everything that can be text as text.
ask <- function(channel, sql) {
  rows <- sqlQuery(channel, sql, as.is = TRUE)
  if (is.character(rows)) stop(paste(rows, collapse = "; "))
  rows
}

run <- function(channel, sql) invisible(sqlQuery(channel, sql, errors = TRUE))

from_hexadecimal <- function(text) {
  if (text == "") return(raw())
  digits <- strsplit(text, "")[[1]]
  as.raw(strtoi(paste0(digits[c(TRUE, FALSE)], digits[c(FALSE, TRUE)]), 16L))
}

connect <- function() {
  by_dsn <- odbcConnect(dsn)
  run(by_dsn, paste("DROP DATABASE IF EXISTS", database))
  run(by_dsn, paste("CREATE DATABASE", database, "CHARACTER SET utf8mb4"))
  odbcClose(by_dsn)
  channel <- odbcDriverConnect(connection)
  check("connect with and without a DSN", ask(channel, "SELECT DATABASE() AS d")$d, database)
  channel
}

# What sqlSave can bind: no bytes, and no text that is longer in bytes than the column's size in characters or digits.
is_bound <- function(column) !column$kind %in% c("bytes", "bit") & !column$name %in% c("c_bigint", "c_decimal", "c_char")

# As R has it: numbers that it can hold as numbers, all else as text.
as_saved <- function(column) {
  texts <- c(column$low, column$high, NA)
  exact <- column$kind %in% c("real", "integer") | column$name == "c_money"
  if (exact) as.numeric(texts) else texts
}

types <- function(channel) {
  bound <- values[is_bound(values), ]
  run(channel, paste0("CREATE TABLE types (id INT PRIMARY KEY, ", paste(bound$name, bound$declaration, collapse = ", "), ")"))
  rows <- data.frame(id = 1:3)
  for (i in seq_len(nrow(bound))) rows[[bound$name[i]]] <- as_saved(bound[i, ])
  check("rows saved by parameters", sqlSave(channel, rows, "types", append = TRUE, rownames = FALSE), 1L)
  for (i in seq_len(nrow(bound))) check_column(channel, "types", bound[i, ])

  others <- values[!is_bound(values), ]
  run(channel, paste0("CREATE TABLE others (id INT PRIMARY KEY, ", paste(others$name, others$declaration, collapse = ", "), ")"))
  prefix <- ifelse(others$kind == "bit", "b'", ifelse(others$kind == "bytes", "x'", "'"))
  run(channel, sprintf("INSERT INTO others VALUES (1, %s)", paste0(prefix, others$low, "'", collapse = ", ")))
  run(channel, sprintf("INSERT INTO others VALUES (2, %s)", paste0(prefix, others$high, "'", collapse = ", ")))
  run(channel, "INSERT INTO others (id) VALUES (3)")
  for (i in seq_len(nrow(others))) check_column(channel, "others", others[i, ])
}

check_column <- function(channel, table, column) {
  shown <- if (column$declaration == "INT") sprintf("CAST(%s AS CHAR)", column$name) else column$name
  got <- ask(channel, sprintf("SELECT %s FROM %s ORDER BY id", shown, table))[[1]]
  expected <- c(column$low, column$high)
  if (column$kind == "bytes") {
    check(column$name, lapply(got[1:2], as.raw), lapply(expected, from_hexadecimal))
    check(paste(column$name, "NULL"), length(got[[3]]) == 0 || is.na(got[[3]]), TRUE)
  } else if (column$kind == "real") {
    check(column$name, as.numeric(got), c(as.numeric(expected), NA))
  } else {
    check(column$name, as.character(got), c(expected, NA))
  }
}

fails <- function(what, channel, state, native, sql) {
  check(paste(what, "fails"), odbcQuery(channel, sql), -1L)
  check(paste0(what, ": SQLSTATE and native code"), substr(odbcGetErrMsg(channel)[1], 1, 10), paste(state, native))
  odbcClearError(channel)
}

errors <- function(channel) {
  fails("unknown table", channel, "42S02", 1146, "SELECT * FROM missing_table")
  fails("duplicate key", channel, "23000", 1062, "INSERT INTO types (id) VALUES (1)")
  fails("syntax", channel, "42000", 1064, "SELEC 1")
  words <- character()
  withCallingHandlers(odbcDriverConnect(paste0("PWD=wrong;", connection)), warning = function(w) {
    words <<- c(words, conditionMessage(w))
    invokeRestart("muffleWarning")
  })
  check("wrong password", any(grepl("state 28000, code 1045", words)), TRUE)
  check("the connection goes on", ask(channel, "SELECT 'on' AS x")$x, "on")
}

transactions <- function(channel) {
  odbcSetAutoCommit(channel, FALSE)
  run(channel, "INSERT INTO types (id, c_varchar) VALUES (10, 'goes')")
  odbcEndTran(channel, commit = FALSE)
  check("rolled back", as.integer(ask(channel, "SELECT COUNT(*) AS n FROM types WHERE id = 10")$n), 0L)
  run(channel, "INSERT INTO types (id, c_varchar) VALUES (11, 'stays')")
  odbcEndTran(channel, commit = TRUE)
  odbcEndTran(channel, commit = FALSE)
  odbcSetAutoCommit(channel, TRUE)
  check("committed", as.integer(ask(channel, "SELECT COUNT(*) AS n FROM types WHERE id = 11")$n), 1L)
  run(channel, "DELETE FROM types WHERE id = 11")
}

catalog <- function(channel) {
  check("tables", sort(sqlTables(channel, tableType = "TABLE")$TABLE_NAME), c("others", "types"))
  found <- sqlColumns(channel, "types")
  check("columns", found$COLUMN_NAME, c("id", values$name[is_bound(values)]))
  check("size of VARCHAR(200)", found$COLUMN_SIZE[found$COLUMN_NAME == "c_varchar"], 200L)
  check("primary key", sqlPrimaryKeys(channel, "types")$COLUMN_NAME, "id")
}

many_rows <- function(channel) {
  digits <- paste0("(SELECT 0 AS d", paste(sprintf(" UNION ALL SELECT %d", 1:9), collapse = ""), ") ")
  number <- "a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d"
  run(channel, "CREATE TABLE many (id INT PRIMARY KEY, name VARCHAR(40))")
  run(channel, paste0("INSERT INTO many SELECT ", number, ", CONCAT('行 ', ", number, ", ' 😀') FROM ", paste0(digits, letters[1:5], collapse = " JOIN ")))
  rows <- ask(channel, "SELECT id, name FROM many ORDER BY id")
  check("100,000 rows: numbers", rows$id, 0:99999)
  check("100,000 rows: text", rows$name, sprintf("行 %d 😀", 0:99999))
  saved <- data.frame(id = 200000:201999, name = sprintf("行 %d 😀", 200000:201999))
  sqlSave(channel, saved, "many", append = TRUE, rownames = FALSE)
  check("2,000 rows saved by parameters", ask(channel, "SELECT id, name FROM many WHERE id >= 200000 ORDER BY id"), saved)
}

procedures <- function(channel) {
  run(channel, "CREATE PROCEDURE two_results(n INT) BEGIN SELECT n AS a; SELECT 'x' AS b, 2 AS c UNION ALL SELECT '日本', NULL; END")
  for (call in c("{call two_results(7)}", "CALL two_results(7)")) {
    check(paste0(call, ": first result"), as.integer(ask(channel, call)$a), 7L)
    check(paste0(call, ": the connection goes on"), ask(channel, "SELECT 'next' AS x")$x, "next")
  }
}

values <- read_values()
channel <- connect()
for (part in c("types", "errors", "transactions", "catalog", "many_rows", "procedures")) {
  tryCatch(get(part)(channel), error = function(e) failed(paste0(part, ": ", conditionMessage(e))))
}
run(channel, paste("DROP DATABASE", database))
odbcClose(channel)
if (failures > 0) {
  message("r: ", failures, " failures")
  quit(status = 1)
}
