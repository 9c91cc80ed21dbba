//! Base32, which jq has as a format and the engine does not.

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// With padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut encoded = String::new();
    for chunk in bytes.chunks(5) {
        let block = chunk.iter().fold(0u64, |block, byte| block << 8 | u64::from(*byte)) << (8 * (5 - chunk.len()));
        let digits = (chunk.len() * 8).div_ceil(5);
        for at in 0..8 {
            let digit = usize::try_from(block >> (35 - 5 * at) & 31).unwrap_or(0);
            encoded.push(match at < digits {
                true => char::from(ALPHABET[digit]),
                false => '=',
            });
        }
    }
    encoded
}

/// `None` where a character is none of the alphabet's.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut buffer, mut bits, mut bytes) = (0u64, 0, Vec::new());
    for byte in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        buffer = (buffer << 5 | digit as u64) & 0xFFFF;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xFF).ok()?);
        }
    }
    Some(bytes)
}
