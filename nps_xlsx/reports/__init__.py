"""Returns and figures in; CSV files, workbooks, the page and papers out."""

PAPER_STYLES = {
    "committee": "every objective: last round's score and this round's, comments, action",
    "strategy": "where we are now and where we want to be, level by level",
    "steps": "present and target, and the actions for each step in between",
    "index": "the same in the words of the index that the framework comes with",
}
"""The styles of a council's papers, and what each shows."""
