"""Tables and assessments in; CSV files, the consolidated workbook and action plans out."""
