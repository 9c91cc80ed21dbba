//! Runs from the editor that do not end by themselves, and what is left of them.
