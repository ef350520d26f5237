// Open workbooks with tealeg/xlsx (Go) and save them again: source and target, by turns.
package main

import (
	"os"

	"github.com/tealeg/xlsx"
)

func main() {
	for n := 1; n+1 < len(os.Args); n += 2 {
		book, err := xlsx.OpenFile(os.Args[n])
		if err != nil {
			panic(err)
		}
		if err := book.Save(os.Args[n+1]); err != nil {
			panic(err)
		}
	}
}
