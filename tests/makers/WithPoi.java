// Open workbooks with Apache POI, edit them, save them as .xls: Debian's POI cannot read .xlsx.
// Jobs come on standard input, a step a line, its words separated by tabs:
//   open PATH / save PATH / text SHEET CELL VALUE / error SHEET CELL VALUE
import java.io.*;
import java.nio.charset.StandardCharsets;
import org.apache.poi.ss.usermodel.*;
import org.apache.poi.ss.util.CellReference;

public class WithPoi {
    static Workbook book;

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = in.readLine()) != null; ) {
            String[] words = line.split("\t", -1);
            for (int n = 0; n < words.length; n++) {
                words[n] = words[n].replace("\\n", "\n").replace("\\t", "\t").replace("\\b", "\\");
            }
            step(words);
        }
    }

    static void step(String[] words) throws Exception {
        switch (words[0]) {
            case "open" -> book = WorkbookFactory.create(new File(words[1]), null, true);
            case "save" -> {
                try (OutputStream out = new FileOutputStream(words[1])) {
                    book.write(out);
                }
                book.close();
            }
            case "text" -> at(words).setCellValue(words[3]);
            case "error" -> at(words).setCellErrorValue(FormulaError.forString(words[3]).getCode());
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    static Cell at(String[] words) {
        CellReference reference = new CellReference(words[2]);
        Sheet sheet = book.getSheet(words[1]);
        Row row = sheet.getRow(reference.getRow());
        if (row == null) row = sheet.createRow(reference.getRow());
        return row.getCell(reference.getCol(), Row.MissingCellPolicy.CREATE_NULL_AS_BLANK);
    }
}
