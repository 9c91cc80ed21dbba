//! Documents as commands and back.
