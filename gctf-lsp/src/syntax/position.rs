//! Lines and columns of a rope in the encodings that editors speak.

use ropey::Rope;
use std::ops::Range;

/// How columns are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units.
    Utf16,
}

/// 0-based line and column in some [`Encoding`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// The byte offset of a position. What lies past a line's end is its end, past the text's end the text's end.
pub fn to_offset(text: &Rope, position: LineColumn, encoding: Encoding) -> usize {
    let line_number = position.line as usize;
    if line_number >= text.len_lines() {
        return text.len_bytes();
    }
    let line = text.line(line_number);
    let mut chars = line.len_chars();
    for end in ['\n', '\r'] {
        if chars > 0 && line.char(chars - 1) == end {
            chars -= 1;
        }
    }
    let column = position.column as usize;
    let char_index = match encoding {
        Encoding::Utf8 => {
            let bytes = line.char_to_byte(chars);
            line.byte_to_char(column.min(bytes))
        }
        Encoding::Utf16 => {
            let units = line.char_to_utf16_cu(chars);
            line.utf16_cu_to_char(column.min(units))
        }
    };
    text.line_to_byte(line_number) + line.char_to_byte(char_index)
}

/// The position of a byte offset; an offset past the end is the end.
pub fn to_position(text: &Rope, offset: usize, encoding: Encoding) -> LineColumn {
    let offset = offset.min(text.len_bytes());
    let line_number = text.byte_to_line(offset);
    let in_line = offset - text.line_to_byte(line_number);
    let column = match encoding {
        Encoding::Utf8 => in_line,
        Encoding::Utf16 => {
            let line = text.line(line_number);
            line.char_to_utf16_cu(line.byte_to_char(in_line))
        }
    };
    LineColumn {
        line: line_number as u32,
        column: column as u32,
    }
}

/// 1-based line and column in characters, as text reports give them.
pub fn to_report(text: &Rope, offset: usize) -> LineColumn {
    let offset = offset.min(text.len_bytes());
    let line_number = text.byte_to_line(offset);
    let column = text.byte_to_char(offset) - text.line_to_char(line_number);
    LineColumn {
        line: line_number as u32 + 1,
        column: column as u32 + 1,
    }
}

/// `range` moved right by `by` bytes.
pub fn shift(range: &Range<usize>, by: usize) -> Range<usize> {
    range.start + by..range.end + by
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_round_trip(text: &str, encoding: Encoding) {
        let rope = Rope::from_str(text);
        for (offset, character) in text.char_indices() {
            let position = to_position(&rope, offset, encoding);
            let in_line_end = character == '\n' && text[..offset].ends_with('\r');
            if !in_line_end {
                assert_eq!(to_offset(&rope, position, encoding), offset, "{text:?} {offset}");
            }
        }
    }

    #[test]
    fn wide_characters_and_line_ends() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            check_round_trip("aé𝄞\r\n\u{2028}x\n\r\n𝄞", encoding);
        }
        let rope = Rope::from_str("a𝄞b\r\nc");
        let at = |line, column| to_offset(&rope, LineColumn { line, column }, Encoding::Utf16);
        assert_eq!([at(0, 2), at(0, 3), at(0, 99), at(9, 0)], [1, 5, 6, 9]);
        assert_eq!(to_report(&rope, 5), LineColumn { line: 1, column: 3 });
    }

    proptest! {
        #[test]
        fn positions_round_trip(text in "[aé𝄞\r\n\u{2028}]{0,40}") {
            // A lone CR before the end of a line counts as part of the line end, as in `\r\n`.
            let text = text.replace('\r', "\r\n");
            check_round_trip(&text, Encoding::Utf16);
            check_round_trip(&text, Encoding::Utf8);
        }
    }
}
