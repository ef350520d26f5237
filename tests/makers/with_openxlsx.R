# Open workbooks with R's openxlsx, edit them, save them. Jobs come on standard input, a step a
# line, its words separated by tabs: open PATH / save PATH / text SHEET CELL VALUE / date ...
suppressPackageStartupMessages(library(openxlsx))

unescape <- function(word) {
  word <- gsub("\\n", "\n", word, fixed = TRUE)
  word <- gsub("\\t", "\t", word, fixed = TRUE)
  gsub("\\b", "\\", word, fixed = TRUE)
}

place <- function(cell) {
  list(row = as.integer(gsub("[A-Z]", "", cell)), col = col2int(gsub("[0-9]", "", cell)))
}

put <- function(book, words, value) {
  at <- place(words[3])
  writeData(book, words[2], value, startRow = at$row, startCol = at$col, colNames = FALSE)
}

book <- NULL
for (line in readLines(file("stdin", encoding = "UTF-8"))) {
  words <- vapply(strsplit(line, "\t", fixed = TRUE)[[1]], unescape, "")
  switch(words[1],
    open = book <- loadWorkbook(words[2]),
    save = saveWorkbook(book, words[2], overwrite = TRUE),
    text = put(book, words, words[4]),
    date = put(book, words, as.Date(words[4])),
    delete_sheet = removeWorksheet(book, words[2]),
    stop(words[1])
  )
}
