//! What the renderers promise.

use ::miette::{Diagnostic, NarratableReportHandler, SourceSpan};
use proptest::prelude::*;

use super::*;
use crate::diagnostic::Code;

static SPELLING: Code =
    Code { id: "E9001", name: "SPELLING", title: "an unknown key", page: " A page.\n\n Its end.\n" };
static TWO_FILES: Code =
    Code { id: "W9002", name: "TWO_FILES", title: "two files disagree", page: " A page.\n" };

const SPEC: &str = "kind: Cluster\nspec:\n  # größer\n  ö: { regoin: eu-west-1 }\n";
const BASE: &str = "spec:\n  region: eu-central-1\n";

fn spelling(sources: &mut Sources) -> Finding {
    let file = sources.add("a b/spec.yaml", SPEC);
    let at = SPEC.find("regoin").unwrap();
    let span = Span::new(file, at..at + 6);
    SPELLING
        .at(span, "not a key, 100%")
        .title("unknown key `regoin`")
        .also(Span::new(file, 14..18), "of this mapping")
        .why("it would have no effect")
        .help("did you mean `region`?")
        .help("see the reference")
        .fix(span, "region")
}

fn two_files(sources: &mut Sources) -> Finding {
    let spec = sources.add("a b/spec.yaml", SPEC);
    let base = sources.add("base.yaml", BASE);
    let at = SPEC.find("eu-west-1").unwrap();
    TWO_FILES
        .at(Span::new(spec, at..at + 9), "here it is another")
        .also(Span::new(base, 8..14), "the base says this")
        .help("write one")
}

fn both() -> (Sources, Vec<Finding>) {
    let mut sources = Sources::default();
    let findings = vec![spelling(&mut sources), two_files(&mut sources)];
    (sources, findings)
}

fn rendered(format: Format) -> String {
    let (sources, findings) = both();
    render(format, &findings, &sources, false)
}

#[test]
fn people_see_labels_reasons_and_a_patch() {
    let expected = r#"error[E9001]: unknown key `regoin`
 --> a b/spec.yaml:4:8
  |
2 | spec:
  | ---- of this mapping
3 |   # größer
4 |   ö: { regoin: eu-west-1 }
  |        ^^^^^^ not a key, 100%
  |
  = why: it would have no effect
  = help: see the reference
help: did you mean `region`?
  |
4 -   ö: { regoin: eu-west-1 }
4 +   ö: { region: eu-west-1 }
  |
  = more: clusterc explain E9001

warning[W9002]: two files disagree
 --> a b/spec.yaml:4:16
  |
4 |   ö: { regoin: eu-west-1 }
  |                ^^^^^^^^^ here it is another
  |
 ::: base.yaml:2:3
  |
2 |   region: eu-central-1
  |   ------ the base says this
  |
  = help: write one
  = more: clusterc explain W9002
"#;
    assert_eq!(rendered(Format::Human), expected);
}

#[test]
fn colours_come_only_on_demand() {
    let (sources, findings) = both();
    assert!(human(&findings, &sources, Style::Colour).contains("\u{1b}["));
    assert!(!human(&findings, &sources, Style::Plain).contains('\u{1b}'));
}

#[test]
fn long_lists_and_long_lines_are_cut() {
    let text = format!("a: \"{}\"\n", "x".repeat(10_000));
    let mut sources = Sources::default();
    let file = sources.add("spec.yaml", &text);
    let finding = SPELLING.at(Span::new(file, 5_000..5_003), "here");
    let drawn = human(&vec![finding; 150], &sources, Style::Plain);
    assert!(drawn.ends_with("50 more are not shown; `--format json` lists all\n"));
    assert!(drawn.len() < 200_000);
}

#[test]
fn json_holds_all_of_a_finding() {
    let expected = r#"[
  {
    "code": "E9001",
    "name": "SPELLING",
    "severity": "error",
    "title": "unknown key `regoin`",
    "file": "a b/spec.yaml",
    "start": {
      "line": 4,
      "column": 8,
      "byte": 41
    },
    "end": {
      "line": 4,
      "column": 14,
      "byte": 47
    },
    "label": "not a key, 100%",
    "labels": [
      {
        "file": "a b/spec.yaml",
        "start": {
          "line": 2,
          "column": 1,
          "byte": 14
        },
        "end": {
          "line": 2,
          "column": 5,
          "byte": 18
        },
        "label": "of this mapping"
      }
    ],
    "why": "it would have no effect",
    "help": [
      "did you mean `region`?",
      "see the reference"
    ],
    "fix": {
      "file": "a b/spec.yaml",
      "start": {
        "line": 4,
        "column": 8,
        "byte": 41
      },
      "end": {
        "line": 4,
        "column": 14,
        "byte": 47
      },
      "replacement": "region"
    },
    "chains": []
  },
  {
    "code": "W9002",
    "name": "TWO_FILES",
    "severity": "warning",
    "title": "two files disagree",
    "file": "a b/spec.yaml",
    "start": {
      "line": 4,
      "column": 16,
      "byte": 49
    },
    "end": {
      "line": 4,
      "column": 25,
      "byte": 58
    },
    "label": "here it is another",
    "labels": [
      {
        "file": "base.yaml",
        "start": {
          "line": 2,
          "column": 3,
          "byte": 8
        },
        "end": {
          "line": 2,
          "column": 9,
          "byte": 14
        },
        "label": "the base says this"
      }
    ],
    "why": null,
    "help": [
      "write one"
    ],
    "fix": null,
    "chains": []
  }
]
"#;
    assert_eq!(rendered(Format::Json), expected);
    assert_eq!(render(Format::Json, &[], &Sources::default(), false), "[]\n");
}

#[test]
fn sarif_has_rules_results_and_fixes() {
    let expected = r#"{
  "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
  "version": "2.1.0",
  "runs": [
    {
      "tool": {
        "driver": {
          "name": "clusterc",
          "version": "VERSION",
          "rules": [
            {
              "id": "E9001",
              "name": "SPELLING",
              "shortDescription": {
                "text": "an unknown key"
              },
              "help": {
                "text": "A page.\n\nIts end.\n",
                "markdown": "A page.\n\nIts end.\n"
              },
              "defaultConfiguration": {
                "level": "error"
              }
            },
            {
              "id": "W9002",
              "name": "TWO_FILES",
              "shortDescription": {
                "text": "two files disagree"
              },
              "help": {
                "text": "A page.\n",
                "markdown": "A page.\n"
              },
              "defaultConfiguration": {
                "level": "warning"
              }
            }
          ]
        }
      },
      "columnKind": "unicodeCodePoints",
      "results": [
        {
          "ruleId": "E9001",
          "ruleIndex": 0,
          "level": "error",
          "message": {
            "text": "unknown key `regoin`\nnot a key, 100%\nwhy: it would have no effect\nhelp: did you mean `region`?\nhelp: see the reference"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "a%20b/spec.yaml"
                },
                "region": {
                  "startLine": 4,
                  "startColumn": 8,
                  "endLine": 4,
                  "endColumn": 14
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "id": 0,
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "a%20b/spec.yaml"
                },
                "region": {
                  "startLine": 2,
                  "startColumn": 1,
                  "endLine": 2,
                  "endColumn": 5
                }
              },
              "message": {
                "text": "of this mapping"
              }
            }
          ],
          "fixes": [
            {
              "description": {
                "text": "did you mean `region`?"
              },
              "artifactChanges": [
                {
                  "artifactLocation": {
                    "uri": "a%20b/spec.yaml"
                  },
                  "replacements": [
                    {
                      "deletedRegion": {
                        "startLine": 4,
                        "startColumn": 8,
                        "endLine": 4,
                        "endColumn": 14
                      },
                      "insertedContent": {
                        "text": "region"
                      }
                    }
                  ]
                }
              ]
            }
          ]
        },
        {
          "ruleId": "W9002",
          "ruleIndex": 1,
          "level": "warning",
          "message": {
            "text": "two files disagree\nhere it is another\nhelp: write one"
          },
          "locations": [
            {
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "a%20b/spec.yaml"
                },
                "region": {
                  "startLine": 4,
                  "startColumn": 16,
                  "endLine": 4,
                  "endColumn": 25
                }
              }
            }
          ],
          "relatedLocations": [
            {
              "id": 0,
              "physicalLocation": {
                "artifactLocation": {
                  "uri": "base.yaml"
                },
                "region": {
                  "startLine": 2,
                  "startColumn": 3,
                  "endLine": 2,
                  "endColumn": 9
                }
              },
              "message": {
                "text": "the base says this"
              }
            }
          ]
        }
      ]
    }
  ]
}
"#;
    let version = format!("\"version\": \"{}\",\n          \"rules\"", env!("CARGO_PKG_VERSION"));
    let sarif = rendered(Format::Sarif).replace(&version, "\"version\": \"VERSION\",\n          \"rules\"");
    assert_eq!(sarif, expected);
}

#[test]
fn github_commands_are_escaped() {
    let expected = r#"::error file=a b/spec.yaml,line=4,endLine=4,col=8,endColumn=14,title=E9001%3A unknown key `regoin`::not a key, 100%25%0Aa b/spec.yaml:2:1: of this mapping%0Awhy: it would have no effect%0Ahelp: did you mean `region`?%0Ahelp: see the reference
::warning file=a b/spec.yaml,line=4,endLine=4,col=16,endColumn=25,title=W9002%3A two files disagree::here it is another%0Abase.yaml:2:3: the base says this%0Ahelp: write one
"#;
    assert_eq!(rendered(Format::Github), expected);
}

#[test]
fn gitlab_fingerprints_do_not_move_with_the_lines() {
    let expected = r#"[
  {
    "description": "E9001: unknown key `regoin`",
    "check_name": "E9001",
    "fingerprint": "023629f558c576859a4bb36527469751931620cdf6d71ae631d48678d49c52da",
    "severity": "major",
    "location": {
      "path": "a b/spec.yaml",
      "lines": {
        "begin": 4,
        "end": 4
      }
    }
  },
  {
    "description": "W9002: two files disagree",
    "check_name": "W9002",
    "fingerprint": "07cc90663b41a738a5563a4e1ac61242075ee9c442baf255453baaabffeee516",
    "severity": "minor",
    "location": {
      "path": "a b/spec.yaml",
      "lines": {
        "begin": 4,
        "end": 4
      }
    }
  }
]
"#;
    assert_eq!(rendered(Format::Gitlab), expected);
    let fingerprint = |text: &str| {
        let mut sources = Sources::default();
        let file = sources.add("spec.yaml", text);
        let at = text.find('x').unwrap();
        let finding = SPELLING.at(Span::new(file, at..at + 1), "here");
        let report: serde_json::Value =
            serde_json::from_str(&render(Format::Gitlab, &[finding.clone(), finding], &sources, false))
                .unwrap();
        assert_ne!(report[0]["fingerprint"], report[1]["fingerprint"]);
        report[0]["fingerprint"].clone()
    };
    assert_eq!(fingerprint("x: 1\n"), fingerprint("\n\n  x: 1\n"));
}

#[test]
fn words_name_formats() {
    for format in Format::ALL {
        assert_eq!(format.word().parse(), Ok(format));
    }
    let error = "xml".parse::<Format>().unwrap_err();
    assert_eq!(error.to_string(), "`xml` is not a format; write one of human, json, sarif, github, gitlab");
}

#[test]
fn miette_reports_have_byte_offsets_and_character_columns() {
    let (sources, findings) = both();
    let report = miette::Report::new(&findings[0], &sources);
    let at = SPEC.find("regoin").unwrap();
    let contents = report.source_code().unwrap().read_span(&SourceSpan::from((at, 6)), 0, 0).unwrap();
    assert_eq!((contents.data(), contents.line(), contents.column()), (&b"regoin"[..], 3, 7));
    let contents = report.source_code().unwrap().read_span(&SourceSpan::from((at, 6)), 1, 1).unwrap();
    assert_eq!(std::str::from_utf8(contents.data()).unwrap(), "  # größer\n  ö: { regoin: eu-west-1 }\n");
    assert_eq!((contents.name(), contents.line(), contents.column()), (Some("a b/spec.yaml"), 2, 0));
    let end = SPEC.len();
    assert!(report.source_code().unwrap().read_span(&SourceSpan::from((end, 0)), 1, 1).is_ok());
    assert!(report.source_code().unwrap().read_span(&SourceSpan::from((end, 1)), 1, 1).is_err());
    let mut told = String::new();
    NarratableReportHandler::new().render_report(&mut told, &report).unwrap();
    assert!(
        told.contains("unknown key `regoin`") && told.contains("label at line 4, columns 8 to 13"),
        "{told}"
    );
    let elsewhere = miette::Report::new(&findings[1], &sources);
    assert_eq!(elsewhere.related().unwrap().count(), 1);
    assert_eq!(elsewhere.labels().unwrap().count(), 1);
}

proptest! {
    #[test]
    fn any_span_of_any_text_can_be_shown(text in "([ -~]|[é€𝄞\\n\\r\\t\u{202e}]){0,40}", bounds in prop::collection::vec((0_usize..60, 0_usize..20), 3), replacement in "[a-z\\n]{0,5}") {
        let mut sources = Sources::default();
        let file = sources.add("spec.yaml", &text);
        let spans: Vec<Span> = bounds.iter().map(|(start, length)| Span::new(file, *start..start + length)).collect();
        let finding = SPELLING.at(spans[0], "first").also(spans[1], "second").fix(spans[2], replacement);
        for format in Format::ALL {
            let shown = render(format, std::slice::from_ref(&finding), &sources, false);
            prop_assert!(shown.ends_with('\n'));
        }
        let report = miette::Report::new(&finding, &sources);
        let mut told = String::new();
        NarratableReportHandler::new().render_report(&mut told, &report).unwrap();
    }
}
