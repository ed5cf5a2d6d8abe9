//! Spans of time and times of repetition.

use std::fmt;
use std::str::FromStr;

use super::word::{Malformed, shown, words};

words! {
    /// A span of time as Karpenter writes it: whole numbers with `h`, `m` or `s`, such as `24h` or `1h30m`.
    GoDuration(u64) = "duration" by duration, like ["24h", "1h30m", "90s"];

    /// A time of repetition: five fields (minute, hour, day of month, month, day of week), or a word such as `@daily`.
    /// Times are UTC.
    Cron = "cron" by cron, like ["0 9 * * mon-fri", "@daily"];

    also
    /// The age at which a node is replaced, such as `720h`, or `Never`.
    ExpireAfter = "expire-after", like ["720h", "Never"];
}

/// The age at which a node is replaced.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExpireAfter {
    /// No age; spelled `Never`.
    Never,
    /// This age.
    After(GoDuration),
}

impl FromStr for ExpireAfter {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<ExpireAfter, Malformed> {
        match text {
            "Never" => Ok(ExpireAfter::Never),
            "never" | "NEVER" => Err(Malformed(format!("{} is spelled `Never`", shown(text)))),
            age => {
                age.parse().map(ExpireAfter::After).map_err(|fault| Malformed(format!("{fault}, or `Never`")))
            }
        }
    }
}

impl fmt::Display for ExpireAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpireAfter::Never => f.pad("Never"),
            ExpireAfter::After(age) => fmt::Display::fmt(age, f),
        }
    }
}

impl GoDuration {
    /// The length in seconds.
    pub fn seconds(&self) -> u64 {
        self.parts
    }
}

fn duration(text: &str) -> Result<u64, String> {
    let wrong = || {
        format!("{} is no span of time; write whole numbers with `h`, `m` or `s`, such as `24h`", shown(text))
    };
    let large = || format!("{} is longer than anything can wait", shown(text));
    if let Some(days) = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok()) {
        return Err(format!("{} is in days; write hours: `{}h`", shown(text), u64::from(days) * 24));
    }
    let (mut total, mut rest) = (0_u64, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0).ok_or_else(wrong)?;
        let (digits, unit) = rest.split_at_checked(end).ok_or_else(wrong)?;
        let (seconds, after) = [("h", 3600), ("m", 60), ("s", 1)]
            .into_iter()
            .find_map(|(name, seconds)| Some((seconds, unit.strip_prefix(name)?)))
            .ok_or_else(wrong)?;
        let part =
            digits.parse::<u64>().ok().and_then(|count| count.checked_mul(seconds)).ok_or_else(large)?;
        total = total.checked_add(part).ok_or_else(large)?;
        rest = after;
    }
    if text.is_empty() {
        return Err(wrong());
    }
    // Go counts a duration in nanoseconds of a signed 64-bit number.
    if total > i64::MAX.unsigned_abs() / 1_000_000_000 {
        return Err(large());
    }
    Ok(total)
}

/// A field of a cron line: its name, its bounds, and the words that stand for numbers from the lower bound on.
struct Field {
    name: &'static str,
    low: u8,
    high: u8,
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", low: 0, high: 59, words: &[] },
    Field { name: "hour", low: 0, high: 23, words: &[] },
    Field { name: "day of month", low: 1, high: 31, words: &[] },
    Field {
        name: "month",
        low: 1,
        high: 12,
        words: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    Field { name: "day of week", low: 0, high: 6, words: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const NAMED: [&str; 7] = ["@annually", "@yearly", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

fn cron(text: &str) -> Result<(), String> {
    if text.starts_with('@') {
        let known = NAMED.contains(&text);
        let wrong = || format!("{} is none of `{}`", shown(text), NAMED.join("`, `"));
        return known.then_some(()).ok_or_else(wrong);
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!(
            "{} has {} fields; a time of repetition has five (minute, hour, day of month, month, day of week), such as \
             `0 9 * * mon-fri`",
            shown(text),
            fields.len()
        ));
    }
    FIELDS.iter().zip(fields).try_for_each(|(field, written)| field.check(written))
}

impl Field {
    fn check(&self, written: &str) -> Result<(), String> {
        let holds = written.split(',').all(|part| self.takes(part));
        let Field { name, low, high, .. } = self;
        let wrong = || {
            format!(
                "the {name} {} is not `*`, a number from {low} to {high}, a range, a step or a list of these",
                shown(written)
            )
        };
        holds.then_some(()).ok_or_else(wrong)
    }

    fn takes(&self, part: &str) -> bool {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        if step.is_some_and(|step| !step.parse::<u8>().is_ok_and(|step| step > 0 && step <= self.high)) {
            return false;
        }
        match range.split_once('-') {
            _ if range == "*" => true,
            Some((from, to)) => self.number(from).zip(self.number(to)).is_some_and(|(from, to)| from <= to),
            None => self.number(range).is_some(),
        }
    }

    fn number(&self, text: &str) -> Option<u8> {
        let lower = text.to_ascii_lowercase();
        if let Some(index) = self.words.iter().position(|word| *word == lower) {
            return u8::try_from(index).ok().map(|index| index + self.low);
        }
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| plain && (self.low..=self.high).contains(number))
    }
}
