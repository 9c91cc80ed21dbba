//! A command line of grpcurl by what it asks for.

use super::shell::{Line, Piece, Token, Word, line, literal};
use std::ops::Range;

/// A call as a command line describes it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) address: Option<Word>,
    /// `package.Service/Method`.
    pub(super) endpoint: String,
    pub(super) is_plaintext: bool,
    pub(super) is_insecure: bool,
    pub(super) emits_defaults: bool,
    /// Flags that take a text, in order, with the text as it is written.
    pub(super) flags: Vec<Flag>,
    /// The request, from `-d` or standard input.
    pub(super) data: Option<Flag>,
    /// What nothing stands for, as it is written.
    pub(super) left: Vec<String>,
}

/// A flag with its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) value: Word,
    /// As it is written.
    pub(super) source: String,
}

/// Flags whose text goes into a document.
const TAKEN: [&str; 12] = [
    "cacert",
    "cert",
    "key",
    "authority",
    "servername",
    "proto",
    "protoset",
    "import-path",
    "H",
    "rpc-header",
    "max-time",
    "d",
];

/// Other flags that take a text.
const TEXTS: [&str; 13] = [
    "reflect-header",
    "connect-timeout",
    "keepalive-time",
    "max-msg-sz",
    "user-agent",
    "format",
    "protoset-out",
    "proto-out-dir",
    "proto-out",
    "alts-handshaker-service",
    "alts-target-service-account",
    "retry",
    "timeout",
];

/// Other flags that take none.
const SWITCHES: [&str; 14] = [
    "v",
    "vv",
    "expand-headers",
    "use-reflection",
    "format-error",
    "msg-template",
    "allow-unknown-fields",
    "unix",
    "alts",
    "plaintext",
    "insecure",
    "emit-defaults",
    "help",
    "version",
];

/// The command line at the start of `text` and its length; `None` where none of grpcurl that makes a call is there.
pub(super) fn command(text: &str) -> Option<(Arguments, usize)> {
    let line = line(text)?;
    let mut reader = Reader {
        text,
        arguments: Arguments::default(),
        positional: Vec::new(),
        reads_input: false,
    };
    reader.read(&line)?;
    reader.finish().map(|arguments| (arguments, line.end))
}

struct Reader<'a> {
    text: &'a str,
    arguments: Arguments,
    positional: Vec<(Word, Range<usize>)>,
    /// Whether `-d @` was given.
    reads_input: bool,
}

type Spanned<'t> = &'t (Token, Range<usize>);

impl Reader<'_> {
    fn read(&mut self, line: &Line) -> Option<()> {
        let mut inputs = line.tokens.iter().filter_map(|(token, range)| match token {
            Token::Input(word) => Some((word.clone(), range.clone())),
            _ => None,
        });
        let given = inputs.next_back();
        let is_own = |(token, _): &Spanned<'_>| !matches!(token, Token::Comment | Token::Input(_));
        let tokens: Vec<_> = line.tokens.iter().filter(is_own).collect();
        let program = tokens.iter().position(|(token, _)| is_program(token))?;
        let start = stage_start(&tokens[..program]);
        let behind = &tokens[program + 1..];
        let is_operator = |(token, _): &Spanned<'_>| matches!(token, Token::Operator(_));
        let (own, further) = behind.split_at(behind.iter().position(is_operator).unwrap_or(behind.len()));
        let words = own.iter().filter_map(|(token, range)| match token {
            Token::Word(word) => Some((word, range.clone())),
            _ => None,
        });
        let words: Vec<_> = words.collect();
        let stages = &tokens[..start];
        let piped = piped(stages);
        if piped.is_none() && !(given.is_some() && passes_on(stages)) {
            self.leave_all(stages);
        }
        self.before(&tokens[start..program])?;
        self.words(&words);
        self.input(given.or(piped));
        self.leave_all(further);
        let comments = line.tokens.iter().filter(|(token, _)| *token == Token::Comment);
        comments.for_each(|(_, range)| self.leave(range.clone()));
        Some(())
    }

    /// What stands before the program: a prompt, variables, and programs that start others.
    fn before(&mut self, tokens: &[Spanned<'_>]) -> Option<()> {
        let text = self.text;
        let written = |(_, range): &Spanned<'_>| &text[range.clone()];
        let is_prompt = |token: &Spanned<'_>| written(token).ends_with(['$', '%', '>', '❯', '#']);
        let left = &tokens[tokens.iter().rposition(is_prompt).map_or(0, |at| at + 1)..];
        let starts = ["sudo", "time", "env", "exec", "command", "docker", "podman", "kubectl"];
        let is_start = left.first().is_some_and(|first| starts.contains(&written(first)));
        if !is_start && !left.iter().all(|token| written(token).contains('=')) {
            return None;
        }
        self.leave_all(left);
        Some(())
    }

    fn words(&mut self, words: &[(&Word, Range<usize>)]) {
        let mut at = 0;
        while let Some((word, range)) = words.get(at) {
            at += 1;
            let flag = word.first().and_then(|first| match first {
                Piece::Text(text) => text.strip_prefix("--").or_else(|| text.strip_prefix('-')),
                _ => None,
            });
            let Some(flag) = flag.filter(|flag| !flag.is_empty()) else {
                self.positional.push(((*word).clone(), range.clone()));
                continue;
            };
            let (name, value) = match flag.split_once('=') {
                Some((name, start)) => {
                    let start = Piece::Text(start.to_owned());
                    (
                        name,
                        Some(std::iter::once(start).chain(word[1..].iter().cloned()).collect()),
                    )
                }
                None => (flag, None),
            };
            let next = words.get(at);
            let takes = value.is_none() && next.is_some() && takes_text(name, &words[at..]);
            let (value, range): (Option<Word>, _) = match next {
                Some((next, end)) if takes => {
                    at += 1;
                    (Some((*next).clone()), range.start..end.end)
                }
                _ => (value, range.clone()),
            };
            self.flag(name, value, range);
        }
    }

    fn flag(&mut self, name: &str, value: Option<Word>, range: Range<usize>) {
        let is_set = value
            .as_ref()
            .is_none_or(|value| literal(value).is_some_and(|text| text != "false"));
        let arguments = &mut self.arguments;
        match name {
            "plaintext" => arguments.is_plaintext = is_set,
            "insecure" => arguments.is_insecure = is_set,
            "emit-defaults" => arguments.emits_defaults = is_set,
            "format" if value.as_deref().and_then(literal).as_deref() == Some("json") => {}
            _ => match (TAKEN.iter().find(|taken| **taken == name), value) {
                (Some(&name), Some(value)) => {
                    let source = self.text[range].to_owned();
                    let flag = Flag { name, value, source };
                    match name {
                        "d" if literal(&flag.value).as_deref() == Some("@") => self.reads_input = true,
                        "d" => arguments.data = Some(flag),
                        _ => arguments.flags.push(flag),
                    }
                }
                _ => self.leave(range),
            },
        }
    }

    /// What standard input is given; it is the request where that is asked for.
    fn input(&mut self, given: Option<(Word, Range<usize>)>) {
        if !self.reads_input {
            return;
        }
        match given {
            Some((value, range)) => {
                let source = self.text[range].to_owned();
                self.arguments.data = Some(Flag {
                    name: "d",
                    value,
                    source,
                });
            }
            None => self.arguments.left.push("-d @".to_owned()),
        }
    }

    fn leave(&mut self, range: Range<usize>) {
        self.arguments.left.push(self.text[range].to_owned());
    }

    fn leave_all(&mut self, tokens: &[Spanned<'_>]) {
        if let (Some((_, first)), Some((_, last))) = (tokens.first(), tokens.last()) {
            self.leave(first.start..last.end);
        }
    }

    /// The address and the method, which stand behind the flags.
    fn finish(mut self) -> Option<Arguments> {
        let mut positional = std::mem::take(&mut self.positional).into_iter();
        let (address, symbol) = match (positional.next(), positional.next(), positional.next()) {
            (Some((address, _)), Some((symbol, _)), None) => (Some(address), symbol),
            (Some((symbol, _)), None, None) => (None, symbol),
            _ => return None,
        };
        self.arguments.endpoint = endpoint(&literal(&symbol)?)?;
        self.arguments.address = address;
        Some(self.arguments)
    }
}

/// Whether a token is the name or a path of the program, or an image of it.
fn is_program(token: &Token) -> bool {
    let Token::Word(word) = token else { return false };
    literal(word).is_some_and(|text| {
        let name = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.split(':').next().unwrap_or_default();
        matches!(name, "grpcurl" | "grpcurl.exe")
    })
}

/// Where the command begins that ends `tokens`: behind the last pipe or the like.
fn stage_start(tokens: &[Spanned<'_>]) -> usize {
    let operator = |(token, _): &Spanned<'_>| matches!(token, Token::Operator(operator) if operator != ">");
    tokens.iter().rposition(operator).map_or(0, |at| at + 1)
}

/// Whether the pipe that `tokens` are hands on what it is given.
fn passes_on(tokens: &[Spanned<'_>]) -> bool {
    matches!(tokens, [(Token::Word(program), _), _] if literal(program).as_deref() == Some("cat"))
}

/// What `echo` writes into the pipe that `tokens` are.
fn piped(tokens: &[Spanned<'_>]) -> Option<(Word, Range<usize>)> {
    let ((pipe, end), stage) = tokens.split_last()?;
    let is_pipe = *pipe == Token::Operator("|".to_owned());
    let words: Option<Vec<&Word>> = stage
        .iter()
        .map(|(token, _)| match token {
            Token::Word(word) => Some(word),
            _ => None,
        })
        .collect();
    let words = words.filter(|_| is_pipe)?;
    let (_, range) = stage.first()?;
    let is = |word: &Word, wanted: &[&str]| literal(word).is_some_and(|text| wanted.contains(&text.as_str()));
    let echo = words.iter().position(|word| is(word, &["echo"]))?;
    let mut written = Word::new();
    for word in words[echo + 1..].iter().filter(|word| !is(word, &["-n", "-e"])) {
        written.extend(word.iter().cloned());
        written.push(Piece::Text(" ".to_owned()));
    }
    Some((written, range.start..end.end))
}

/// Whether a flag takes the first of the words behind it.
fn takes_text(name: &str, behind: &[(&Word, Range<usize>)]) -> bool {
    if SWITCHES.contains(&name) {
        return false;
    }
    if TAKEN.contains(&name) || TEXTS.contains(&name) {
        return true;
    }
    // A flag that nobody knows: the last two words are the address and the method.
    let is_flag =
        |word: &Word| matches!(word.first(), Some(Piece::Text(text)) if text.len() > 1 && text.starts_with('-'));
    behind.first().is_some_and(|(word, _)| !is_flag(word))
        && (behind.len() > 2 || behind.get(1).is_some_and(|(word, _)| is_flag(word)))
}

/// A method as ENDPOINT writes it; grpcurl also takes a dot before the method.
fn endpoint(symbol: &str) -> Option<String> {
    let (service, method) = symbol.split_once('/').or_else(|| symbol.rsplit_once('.'))?;
    let is_name = |part: &str| {
        let starts = part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        starts
            && part
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || character == '_')
    };
    (service.split('.').all(is_name) && is_name(method)).then(|| format!("{service}/{method}"))
}
