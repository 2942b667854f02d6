//! Amounts as text, exactly: no float on the way.

/// Reads a decimal number of at most `digits` after the point as units of 10^-`digits`. No sign, no
/// exponent; `_` may stand between digits.
pub(super) fn parse(text: &str, digits: u32) -> Result<i128, String> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let point_alone = text.contains('.') && rest.is_empty();
    if whole.is_empty() || point_alone || text.len() > 60 {
        return Err(shape(digits));
    }
    if rest.len() > digits as usize {
        return Err(format!("at most {digits} digits after the point"));
    }
    let padding = std::iter::repeat_n(b'0', digits as usize - rest.len());
    let whole = whole.bytes().filter(|byte| *byte != b'_');
    let mut units: i128 = 0;
    for byte in whole.chain(rest.bytes()).chain(padding) {
        if !byte.is_ascii_digit() {
            return Err(shape(digits));
        }
        let next = units.checked_mul(10).and_then(|tens| tens.checked_add(i128::from(byte - b'0')));
        units = next.ok_or_else(|| "too large".to_owned())?;
    }
    Ok(units)
}

fn shape(digits: u32) -> String {
    format!("write a number like 1000 or \"12.5\", at most {digits} digits after the point")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(parse("12.5", 8), Ok(1_250_000_000));
        assert_eq!(parse("0.00000001", 8), Ok(1));
        assert_eq!(parse("1_000", 8), Ok(100_000_000_000));
        assert_eq!(parse("0.1", 16), Ok(1_000_000_000_000_000));
        for wrong in ["", ".", "1.", ".5", "-1", "1e3", "1.000000001", "1 0", "١"] {
            assert!(parse(wrong, 8).is_err(), "{wrong}");
        }
        assert!(parse(&"9".repeat(50), 16).is_err());
    }
}
