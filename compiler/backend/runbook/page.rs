//! The page that a runbook is written on: its lines with who asked for them, and the numbers of its steps.

use crate::source::{Address, Origin};
use crate::syntax::Printed;

/// A page in the making.
pub(super) struct Page {
    printed: Printed,
    /// How many steps the chapter has so far.
    steps: usize,
}

impl Page {
    pub(super) fn new() -> Page {
        Page { printed: Printed { text: String::new(), lines: Vec::new() }, steps: 0 }
    }

    /// What was written, without blank lines at the end.
    pub(super) fn finish(mut self) -> Printed {
        while self.printed.text.ends_with("\n\n") {
            self.printed.text.pop();
            self.printed.lines.pop();
        }
        self.printed
    }

    pub(super) fn say(&mut self, text: &str) {
        let origin = Origin::Rule("the order of the cold start, and its reverse");
        for line in text.split('\n') {
            self.printed.text.push_str(line);
            self.printed.text.push('\n');
            self.printed.lines.push(Some(origin.clone()));
        }
    }

    pub(super) fn asked_by(&mut self, text: &str, address: Address) {
        let from = self.printed.lines.len();
        self.say(text);
        for line in self.printed.lines.iter_mut().skip(from) {
            *line = Some(Origin::Spec(address.clone()));
        }
    }

    /// Begins a chapter, whose steps are counted from 1.
    pub(super) fn chapter(&mut self, title: &str) {
        self.steps = 0;
        self.say(&format!("## {title}\n"));
    }

    /// A chapter that a part of the spec asks for.
    pub(super) fn chapter_for(&mut self, title: &str, address: Address) {
        self.steps = 0;
        self.asked_by(&format!("## {title}\n"), address);
    }

    /// The next step of the chapter.
    pub(super) fn step(&mut self, title: &str) {
        let heading = self.next(title);
        self.say(&heading);
    }

    /// A step that a part of the spec asks for.
    pub(super) fn step_for(&mut self, title: &str, address: Address) {
        let heading = self.next(title);
        self.asked_by(&heading, address);
    }

    fn next(&mut self, title: &str) -> String {
        self.steps += 1;
        format!("### {}. {title}\n", self.steps)
    }

    pub(super) fn commands(&mut self, lines: &[String]) {
        self.say(&format!("```sh\n{}\n```\n", lines.join("\n")));
    }
}
