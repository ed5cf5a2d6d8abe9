//! Expressions in the leaves of a component's files: `${{ cluster.name }}`.

use std::collections::BTreeSet;

use minijinja::value::Value as Dynamic;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Map, Value};

/// The names that expressions may use.
#[derive(Debug, Clone)]
pub struct Scope {
    names: Map<String, Value>,
    /// Parameters that exist but were not given: they are undefined, not unknown.
    optional: BTreeSet<String>,
}

/// What an expression cannot do, in the words of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// A name that is not in scope; the nearest one that is.
    Unknown { name: String, near: Option<String> },
    /// A name without a value inside a text.
    Undefined { name: String },
    /// Not an expression, or one that fails.
    Failed(String),
}

/// How much work one expression may do. An honest one takes a few dozen steps.
const FUEL: u64 = 20_000;
/// Bytes of one expression. Its parser goes one call deeper for every `-` and `not`; an honest one has a line.
const LONGEST: usize = 500;

impl Scope {
    /// A scope of these names. `parameters` are the names of all parameters, given or not.
    pub fn new(names: Map<String, Value>, parameters: impl IntoIterator<Item = String>) -> Scope {
        Scope { names, optional: parameters.into_iter().map(|name| format!("params.{name}")).collect() }
    }

    /// The same scope with `item`, for the body of a repeated node.
    #[must_use]
    pub(super) fn with_item(&self, item: Value) -> Scope {
        let mut scope = self.clone();
        scope.names.insert("item".to_owned(), item);
        scope
    }

    fn knows(&self, dotted: &str) -> bool {
        let mut steps = dotted.split('.');
        let Some(first) = steps.next() else { return false };
        let Some(mut at) = self.names.get(first) else { return false };
        for step in steps {
            if self.optional.iter().any(|name| dotted == name || dotted.starts_with(&format!("{name}."))) {
                return true;
            }
            match at {
                Value::Object(map) => match map.get(step) {
                    Some(next) => at = next,
                    None => return false,
                },
                // An item's own shape is the author's business, and so is what lies behind a list or a text.
                _ => return true,
            }
        }
        true
    }

    fn near(&self, dotted: &str) -> Option<String> {
        let mut all: Vec<String> = self.optional.iter().cloned().collect();
        for (name, value) in &self.names {
            all.push(name.clone());
            if let Value::Object(map) = value {
                all.extend(map.keys().map(|key| format!("{name}.{key}")));
            }
        }
        let (distance, near) =
            all.into_iter().map(|name| (strsim::damerau_levenshtein(&name, dotted), name)).min()?;
        (distance <= 1 + dotted.len() / 4).then_some(near)
    }
}

/// The value of a leaf; `None` when it is undefined and its key is to be dropped.
pub(super) fn evaluate(text: &str, scope: &Scope) -> Result<Option<Value>, Fault> {
    if let Some(inner) = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}"))
        && !inner.contains("${{")
    {
        return evaluate_one(inner, scope);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((inner, behind)) = after.split_once("}}") else {
            return Err(Fault::Failed("`${{` without `}}`".to_owned()));
        };
        out.push_str(before);
        match evaluate_one(inner, scope)? {
            Some(Value::String(value)) => out.push_str(&value),
            Some(value) => out.push_str(&value.to_string()),
            None => return Err(Fault::Undefined { name: inner.trim().to_owned() }),
        }
        rest = behind;
    }
    out.push_str(rest);
    Ok(Some(Value::String(out)))
}

/// Whether a leaf holds an expression at all.
pub(super) fn is_expression(text: &str) -> bool {
    text.contains("${{")
}

/// Whether an evaluated condition holds.
pub(super) fn holds(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(word)) => *word,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(list)) => !list.is_empty(),
        Some(Value::Object(map)) => !map.is_empty(),
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
    }
}

fn evaluate_one(source: &str, scope: &Scope) -> Result<Option<Value>, Fault> {
    if source.len() > LONGEST {
        return Err(Fault::Failed(format!("the expression is longer than {LONGEST} bytes")));
    }
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_fuel(Some(FUEL));
    let expression =
        environment.compile_expression(source.trim()).map_err(|error| Fault::Failed(words(&error)))?;
    let mut used: Vec<String> = expression.undeclared_variables(true).into_iter().collect();
    used.sort();
    for name in used {
        if !scope.knows(&name) && !is_builtin(&environment, &name) {
            let near = scope.near(&name);
            return Err(Fault::Unknown { name, near });
        }
    }
    let context = Dynamic::from(minijinja::value::Serde(&scope.names));
    let value = expression.eval(context).map_err(|error| Fault::Failed(words(&error)))?;
    if value.is_undefined() || value.is_none() {
        return Ok(None);
    }
    serde_json::to_value(&value).map(Some).map_err(|error| Fault::Failed(error.to_string()))
}

fn is_builtin(environment: &Environment<'_>, name: &str) -> bool {
    environment.globals().any(|(global, _)| global == name)
}

fn words(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn scope() -> Scope {
        let names =
            json!({ "cluster": { "name": "demo", "tags": { "a": "b" } }, "params": { "replicas": 3 } });
        let Value::Object(names) = names else { unreachable!() };
        Scope::new(names, ["replicas".to_owned(), "email".to_owned()])
    }

    #[test]
    fn a_leaf_that_is_one_expression_keeps_its_type() {
        assert_eq!(evaluate("${{ params.replicas }}", &scope()), Ok(Some(json!(3))));
        assert_eq!(evaluate("${{ params.replicas > 2 }}", &scope()), Ok(Some(json!(true))));
        assert_eq!(evaluate("${{ cluster.tags }}", &scope()), Ok(Some(json!({ "a": "b" }))));
    }

    #[test]
    fn an_expression_inside_text_becomes_text() {
        assert_eq!(
            evaluate("n-${{ cluster.name }}-${{ params.replicas }}", &scope()),
            Ok(Some(json!("n-demo-3")))
        );
    }

    #[test]
    fn an_optional_parameter_that_is_absent_drops_the_leaf_and_fails_inside_text() {
        assert_eq!(evaluate("${{ params.email }}", &scope()), Ok(None));
        assert_eq!(
            evaluate("x${{ params.email }}", &scope()),
            Err(Fault::Undefined { name: "params.email".into() })
        );
    }

    #[test]
    fn an_unknown_name_is_named_with_the_nearest_known_one() {
        let want = Fault::Unknown { name: "cluster.nmae".into(), near: Some("cluster.name".into()) };
        assert_eq!(evaluate("${{ cluster.nmae }}", &scope()), Err(want));
    }

    #[test]
    fn a_deep_expression_does_not_exhaust_the_stack() {
        for deep in ["-", "- ", "not ", "(", "[", "{1:"] {
            let within = format!("${{{{ {}1 }}}}", deep.repeat((LONGEST - 3) / deep.len()));
            assert!(matches!(evaluate(&within, &scope()), Ok(_) | Err(Fault::Failed(_))), "{deep}");
            let beyond = format!("${{{{ {}1 }}}}", deep.repeat(10_000));
            assert!(matches!(evaluate(&beyond, &scope()), Err(Fault::Failed(_))), "{deep}");
        }
    }

    #[test]
    fn an_endless_expression_runs_out_of_fuel() {
        let long = format!("${{{{ {} }}}}", vec!["range(9999)|list|length"; 19].join(" + "));
        assert!(matches!(evaluate(&long, &scope()), Ok(_) | Err(Fault::Failed(_))));
    }
}
