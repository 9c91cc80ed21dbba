//! Rules about the sources.
