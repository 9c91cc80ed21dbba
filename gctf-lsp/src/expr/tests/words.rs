//! The vocabulary of expressions says what is true.

use super::super::ast::{SIGNS, WORDS};
use super::super::builtins::FUNCTIONS;
use super::super::plugins::FORMATS;
use super::super::type_names;
use super::*;
use crate::spec::functions::{self, Function, Kind, parameters};
use crate::spec::plugins::PLUGINS;

fn names(kind: Kind) -> Vec<&'static str> {
    let words = functions::all().filter(|word| word.kind == kind);
    words.map(|word| word.name).collect()
}

#[test]
fn every_example_yields_what_it_says() {
    let engine = Engine::new();
    let wrong = functions::all().filter_map(|word: Function| {
        // ASSERTS refuses what compares nothing.
        let place = if word.name == "=" {
            Place::Extract
        } else {
            Place::Asserts
        };
        let found = outcome(&engine, word.example, place, Bounds::default());
        (found != word.result).then(|| format!("{}: {} → {found}, not {}", word.name, word.example, word.result))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_example_shows_its_word() {
    for word in functions::all() {
        assert!(word.example.contains(word.name), "{}", word.name);
        assert!(word.docs.is_empty() || word.docs.ends_with('.'), "{}", word.name);
    }
}

#[test]
fn the_words_are_those_of_the_language() {
    let described = functions::all().filter(|word| word.kind == Kind::Function);
    let described = described.map(|word| {
        let counts = word.forms().map(|form| parameters(form).count());
        (word.name, counts.collect::<Vec<_>>())
    });
    let known = FUNCTIONS.iter().map(|(name, counts)| (*name, counts.to_vec()));
    assert_eq!(described.collect::<Vec<_>>(), known.collect::<Vec<_>>());

    let sorted = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names
    };
    let operators = SIGNS.iter().chain(&WORDS).map(|(sign, _)| *sign);
    assert_eq!(sorted(names(Kind::Operator)), sorted(operators.collect()));
    assert_eq!(
        names(Kind::Plugin),
        PLUGINS.iter().map(|plugin| plugin.name).collect::<Vec<_>>()
    );
    let types: Vec<_> = names(Kind::Type).into_iter().map(|name| &name[1..]).collect();
    assert_eq!(sorted(types), sorted(type_names().collect()));
    assert_eq!(sorted(names(Kind::Format)), sorted(FORMATS.to_vec()));
}
