//! Amounts: Kubernetes quantities, and shares of a whole.

use super::word::{shown, words};

words! {
    /// A Kubernetes quantity: a number with an optional unit, such as `500m` of processor or `100Gi` of memory.
    Quantity(i128) = "quantity" by quantity, or "number", like ["500m", "2", "100Gi", "1.5Gi"];

    /// A share of a whole in percent, such as `33%`, or a count.
    PercentOrCount(Share) = "percent-or-count" by share, or "integer", like ["33%", "2"];
}

/// What a [`PercentOrCount`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Share {
    /// Percent of the whole, 0 to 100.
    Percent(u8),
    /// So many.
    Count(u32),
}

const NANO: i128 = 1_000_000_000;

impl Quantity {
    /// The amount in thousandths, rounded away from zero as Kubernetes does; the unit of processor time.
    pub fn milli(&self) -> i128 {
        divide_away(self.parts, NANO / 1000)
    }

    /// The amount in whole units, rounded away from zero; bytes, where memory is meant.
    pub fn bytes(&self) -> i128 {
        divide_away(self.parts, NANO)
    }
}

impl PercentOrCount {
    /// The percentage or the count.
    pub fn share(&self) -> Share {
        self.parts
    }

    /// How many of `whole` are meant, a percentage rounded down.
    pub fn of(&self, whole: u32) -> u32 {
        match self.parts {
            Share::Count(count) => count,
            Share::Percent(percent) => {
                u32::try_from(u64::from(whole) * u64::from(percent) / 100).unwrap_or(whole)
            }
        }
    }
}

fn divide_away(amount: i128, by: i128) -> i128 {
    let whole = amount / by;
    if amount % by == 0 { whole } else { whole + amount.signum() }
}

/// Reads a quantity as thousand-millionths of its unit, the finest step that Kubernetes keeps.
fn quantity(text: &str) -> Result<i128, String> {
    let wrong = || {
        format!(
            "{} is no quantity; write a number with an optional unit: `m`, `k`, `M`, `G`, `T`, `P`, `E`, or \
             `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`",
            shown(text)
        )
    };
    let large = || format!("{} is more than Kubernetes can count (2^63 - 1)", shown(text));
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (digits, unit) = rest.split_at_checked(end).ok_or_else(wrong)?;
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return Err(wrong());
    }
    let (factor, divisor) = unit_of(unit).ok_or_else(|| hint(text, unit).unwrap_or_else(wrong))?;
    let mantissa: i128 = format!("{whole}{fraction}").parse().map_err(|_| large())?;
    let places = u32::try_from(fraction.len()).map_err(|_| large())?;
    let below = 10_i128.checked_pow(places).and_then(|scale| scale.checked_mul(divisor)).ok_or_else(large)?;
    let nano = mantissa.checked_mul(factor).and_then(|amount| amount.checked_mul(NANO)).ok_or_else(large)?;
    let nano = divide_away(nano, below);
    if nano > i128::from(i64::MAX) * NANO {
        return Err(large());
    }
    Ok(if negative { -nano } else { nano })
}

/// What a unit multiplies by, and divides by.
fn unit_of(unit: &str) -> Option<(i128, i128)> {
    Some(match unit {
        "" => (1, 1),
        "n" => (1, NANO),
        "u" => (1, 1_000_000),
        "m" => (1, 1000),
        "k" => (1000, 1),
        "M" => (1_000_000, 1),
        "G" => (NANO, 1),
        "T" => (1000 * NANO, 1),
        "P" => (1_000_000 * NANO, 1),
        "E" => (NANO * NANO, 1),
        "Ki" => (1 << 10, 1),
        "Mi" => (1 << 20, 1),
        "Gi" => (1 << 30, 1),
        "Ti" => (1 << 40, 1),
        "Pi" => (1 << 50, 1),
        "Ei" => (1 << 60, 1),
        exponent => power_of_ten(exponent.strip_prefix(['e', 'E'])?)?,
    })
}

fn power_of_ten(exponent: &str) -> Option<(i128, i128)> {
    let (negative, digits) = match exponent.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, exponent.strip_prefix('+').unwrap_or(exponent)),
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let power = 10_i128.checked_pow(digits.parse().ok().filter(|power| plain && *power <= 18)?)?;
    Some(if negative { (1, power) } else { (power, 1) })
}

/// Names the unit that was meant, for the usual slips.
fn hint(text: &str, unit: &str) -> Option<String> {
    let meant = match unit {
        "K" | "KB" | "kb" => "Ki",
        "MB" | "Mb" | "MiB" | "mi" => "Mi",
        "GB" | "Gb" | "GiB" | "gi" | "g" => "Gi",
        "TB" | "TiB" | "ti" | "t" => "Ti",
        _ => return None,
    };
    let number = text.strip_suffix(unit)?;
    Some(format!(
        "{} has the unit `{unit}`, which Kubernetes does not know; write `{number}{meant}`",
        shown(text)
    ))
}

fn share(text: &str) -> Result<Share, String> {
    let wrong =
        || format!("{} is neither a percentage such as `33%` nor a whole number such as `2`", shown(text));
    let digits = text.strip_suffix('%').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u32 = digits.parse().map_err(|_| wrong())?;
    if digits.len() == text.len() {
        return Ok(Share::Count(number));
    }
    match u8::try_from(number) {
        Ok(percent) if percent <= 100 => Ok(Share::Percent(percent)),
        _ => Err(format!("{} is more than the whole; a percentage is `0%` to `100%`", shown(text))),
    }
}
