//! From our words to the client's.

use super::actions::command;
use super::client::Client;
use super::protos;
use crate::diagnostic::{self, Origin, Severity};
use crate::ide;
use crate::ide::completion::{Completions, ItemKind};
use crate::ide::folding::{Fold, FoldKind};
use crate::ide::runnables::Lens;
use crate::ide::symbols::Symbol;
use crate::syntax::position::Encoding;
use crate::syntax::{SourceFile, TokenKind};
use ls_types::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A text with the way its columns are counted.
#[derive(Clone, Copy)]
pub(super) struct Lines<'a> {
    source: &'a SourceFile,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    pub(super) fn new(source: &'a SourceFile, encoding: Encoding) -> Self {
        Self { source, encoding }
    }

    pub(super) fn position(self, offset: usize) -> Position {
        let position = self.source.position(offset, self.encoding);
        Position::new(position.line, position.column)
    }

    pub(super) fn range(self, range: &std::ops::Range<usize>) -> Range {
        Range::new(self.position(range.start), self.position(range.end))
    }
}

pub(super) fn diagnostic(found: &diagnostic::Diagnostic, lines: Lines<'_>, uri: &Uri, client: &Client) -> Diagnostic {
    let severity = match found.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Information => DiagnosticSeverity::INFORMATION,
        Severity::Hint => DiagnosticSeverity::HINT,
    };
    let origin = match found.origin {
        Origin::Check => "gctf",
        Origin::Run => "gctf run",
    };
    let source = found
        .source
        .as_ref()
        .and_then(|place| protos::source(place, client.encoding));
    let source = source.map(|location| DiagnosticRelatedInformation {
        location,
        message: "the fault is here".to_owned(),
    });
    let elsewhere = found.elsewhere.iter().filter_map(|place| {
        let position = |(line, column)| Position::new(line, column);
        Some(DiagnosticRelatedInformation {
            location: Location::new(
                place.uri.parse().ok()?,
                Range::new(position(place.range.start), position(place.range.end)),
            ),
            message: place.message.clone(),
        })
    });
    let own = found.related.iter().map(|related| DiagnosticRelatedInformation {
        location: Location::new(uri.clone(), lines.range(&related.range)),
        message: related.message.clone(),
    });
    let related: Vec<_> = own.chain(source).chain(elsewhere).collect();
    let tag = found.tag.map(|tag| match tag {
        diagnostic::Tag::Deprecated => DiagnosticTag::DEPRECATED,
        diagnostic::Tag::Unnecessary => DiagnosticTag::UNNECESSARY,
    });
    Diagnostic {
        range: lines.range(&found.range),
        severity: Some(severity),
        code: Some(NumberOrString::String(found.code.to_owned())),
        source: Some(origin.to_owned()),
        message: found.message.clone(),
        related_information: (client.related_information && !related.is_empty()).then_some(related),
        tags: tag.map(|tag| vec![tag]),
        ..Diagnostic::default()
    }
}

pub(super) fn hover(hover: ide::hover::Hover, lines: Lines<'_>, client: &Client) -> Hover {
    Hover {
        range: Some(lines.range(&hover.range)),
        contents: HoverContents::Markup(markup(hover.markdown, client)),
    }
}

pub(super) fn signature_help(help: ide::signature::SignatureHelp, client: &Client) -> SignatureHelp {
    let argument = u32::try_from(help.argument).unwrap_or(u32::MAX);
    let convert = |signature: ide::signature::Signature| SignatureInformation {
        parameters: Some(parameters(&signature, client)),
        documentation: Some(documentation(signature.docs, client)),
        label: signature.label,
        active_parameter: Some(argument),
    };
    SignatureHelp {
        signatures: help.signatures.into_iter().map(convert).collect(),
        active_signature: u32::try_from(help.active).ok(),
        active_parameter: Some(argument),
    }
}

/// The parameters by their place in the label where the client can take that; protocols count it in UTF-16.
fn parameters(signature: &ide::signature::Signature, client: &Client) -> Vec<ParameterInformation> {
    let units = |end: usize| signature.label[..end].encode_utf16().count() as u32;
    let label = |range: &std::ops::Range<usize>| match client.label_offsets {
        true => ParameterLabel::LabelOffsets([units(range.start), units(range.end)]),
        false => ParameterLabel::Simple(signature.label[range.clone()].to_owned()),
    };
    let parameters = signature.parameters.iter();
    let convert = |range| ParameterInformation {
        label: label(range),
        documentation: None,
    };
    parameters.map(convert).collect()
}

fn markup(markdown: String, client: &Client) -> MarkupContent {
    match client.markdown {
        true => MarkupContent {
            kind: MarkupKind::Markdown,
            value: markdown,
        },
        false => MarkupContent {
            kind: MarkupKind::PlainText,
            value: plain(&markdown),
        },
    }
}

/// Markdown of our own making without its marks.
fn plain(markdown: &str) -> String {
    let lines = markdown.lines().filter(|line| !line.starts_with("```"));
    lines.collect::<Vec<_>>().join("\n").replace(['`', '*'], "")
}

/// Where a completion was asked for, kept with an item whose documentation comes later.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) uri: Uri,
    pub(super) position: Position,
}

/// The items for a client; `asked` is the place as the client named it.
pub(super) fn completions(
    completions: Completions,
    lines: Lines<'_>,
    client: &Client,
    asked: &Asked,
) -> CompletionList {
    let later = client.resolves_documentation.then(|| json!(asked));
    let source_info = &completions.source_info;
    CompletionList {
        is_incomplete: completions.incomplete,
        items: completions
            .items
            .into_iter()
            .enumerate()
            .map(|(at, mut item)| {
                let documentation = item.documentation.take();
                let item = completion_item(at, item, lines, client);
                match &later {
                    Some(asked) => CompletionItem {
                        data: documentation.map(|_| asked.clone()),
                        ..item
                    },
                    None => CompletionItem {
                        documentation: documentation
                            .and_then(|documentation| documentation.markdown(source_info))
                            .map(|text| self::documentation(text, client)),
                        ..item
                    },
                }
            })
            .collect(),
    }
}

fn completion_item(at: usize, item: ide::completion::Item, lines: Lines<'_>, client: &Client) -> CompletionItem {
    let (text, format) = match client.snippets && item.snippet != item.plain {
        true => (item.snippet, InsertTextFormat::SNIPPET),
        false => (item.plain, InsertTextFormat::PLAIN_TEXT),
    };
    let edit = |(range, new_text): (std::ops::Range<usize>, String)| TextEdit {
        range: lines.range(&range),
        new_text,
    };
    let details = CompletionItemLabelDetails {
        detail: item.detail.as_ref().map(|detail| format!(" {detail}")),
        description: item.description,
    };
    CompletionItem {
        label: item.label,
        kind: Some(item_kind(item.kind)),
        label_details: client.label_details.then_some(details),
        detail: item.detail.filter(|_| !client.label_details),
        sort_text: Some(format!("{at:04}")),
        filter_text: Some(item.filter),
        insert_text_format: Some(format),
        insert_text_mode: client.adjusts_indentation.then_some(InsertTextMode::ADJUST_INDENTATION),
        text_edit: Some(CompletionTextEdit::Edit(edit((item.replace, text)))),
        additional_text_edits: item.extra.map(|extra| vec![edit(extra)]),
        tags: item.deprecated.then(|| vec![CompletionItemTag::DEPRECATED]),
        ..CompletionItem::default()
    }
}

pub(super) fn documentation(markdown: String, client: &Client) -> Documentation {
    Documentation::MarkupContent(markup(markdown, client))
}

fn item_kind(kind: ItemKind) -> CompletionItemKind {
    match kind {
        ItemKind::Section => CompletionItemKind::MODULE,
        ItemKind::Option | ItemKind::Attribute | ItemKind::Key => CompletionItemKind::PROPERTY,
        ItemKind::Value => CompletionItemKind::VALUE,
        ItemKind::File => CompletionItemKind::FILE,
        ItemKind::Method => CompletionItemKind::METHOD,
        ItemKind::Field => CompletionItemKind::FIELD,
        ItemKind::EnumMember => CompletionItemKind::ENUM_MEMBER,
        ItemKind::Type => CompletionItemKind::CLASS,
        ItemKind::Keyword => CompletionItemKind::KEYWORD,
        ItemKind::Function => CompletionItemKind::FUNCTION,
        ItemKind::Variable => CompletionItemKind::VARIABLE,
    }
}

pub(super) fn inlay_hint(hint: ide::inlay_hints::Hint, lines: Lines<'_>) -> InlayHint {
    InlayHint {
        position: lines.position(hint.offset),
        label: InlayHintLabel::String(hint.label),
        kind: match hint.kind {
            ide::inlay_hints::HintKind::Type => Some(InlayHintKind::TYPE),
            ide::inlay_hints::HintKind::Value => None,
        },
        text_edits: None,
        tooltip: Some(InlayHintTooltip::String(hint.tooltip)),
        padding_left: None,
        padding_right: None,
        data: None,
    }
}

pub(super) fn code_lens(lens: Lens, lines: Lines<'_>, uri: &Uri) -> CodeLens {
    let position = lines.position(lens.offset);
    CodeLens {
        range: Range::new(position, position),
        command: Some(command(lens.title, lens.action, lens.test, lines, uri)),
        data: None,
    }
}

#[expect(deprecated, reason = "the protocol's struct still has the member")]
pub(super) fn symbols(symbols: Vec<Symbol>, lines: Lines<'_>) -> Vec<DocumentSymbol> {
    let convert = |symbol: Symbol| DocumentSymbol {
        name: symbol_name(symbol.name),
        detail: symbol.detail,
        kind: symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        range: lines.range(&symbol.range),
        selection_range: lines.range(&symbol.selection),
        children: Some(self::symbols(symbol.children, lines)),
    };
    symbols.into_iter().map(convert).collect()
}

/// Clients refuse symbols without a name.
pub(super) fn symbol_name(name: String) -> String {
    match name.trim().is_empty() {
        true => "(unnamed)".to_owned(),
        false => name,
    }
}

/// The same without nesting, each with the name of what it is in.
pub(super) fn flat_symbols(symbols: Vec<Symbol>, lines: Lines<'_>, uri: &Uri) -> Vec<SymbolInformation> {
    let mut flat = Vec::new();
    for symbol in symbols {
        flatten(symbol, None, lines, uri, &mut flat);
    }
    flat
}

#[expect(deprecated, reason = "the protocol's struct still has the member")]
fn flatten(symbol: Symbol, container: Option<&str>, lines: Lines<'_>, uri: &Uri, flat: &mut Vec<SymbolInformation>) {
    let name = symbol_name(symbol.name);
    flat.push(SymbolInformation {
        name: name.clone(),
        kind: symbol_kind(symbol.kind),
        tags: None,
        deprecated: None,
        location: Location::new(uri.clone(), lines.range(&symbol.range)),
        container_name: container.map(str::to_owned),
    });
    for child in symbol.children {
        flatten(child, Some(&name), lines, uri, flat);
    }
}

fn symbol_kind(kind: ide::symbols::SymbolKind) -> SymbolKind {
    match kind {
        ide::symbols::SymbolKind::Document => SymbolKind::METHOD,
        ide::symbols::SymbolKind::Section => SymbolKind::OBJECT,
        ide::symbols::SymbolKind::Field => SymbolKind::FIELD,
        ide::symbols::SymbolKind::Key => SymbolKind::KEY,
        ide::symbols::SymbolKind::Variable => SymbolKind::VARIABLE,
        ide::symbols::SymbolKind::Assertion => SymbolKind::OPERATOR,
    }
}

pub(super) fn fold(fold: &Fold, lines: Lines<'_>, whole_lines: bool) -> FoldingRange {
    let range = lines.range(&fold.range);
    FoldingRange {
        start_line: range.start.line,
        start_character: (!whole_lines).then_some(range.start.character),
        end_line: range.end.line,
        end_character: (!whole_lines).then_some(range.end.character),
        kind: match fold.kind {
            FoldKind::Document => Some(FoldingRangeKind::Region),
            FoldKind::Comment => Some(FoldingRangeKind::Comment),
            FoldKind::Section | FoldKind::Value => None,
        },
        collapsed_text: None,
    }
}

/// Every token type, in the order of the numbers that tokens are sent with.
const TOKEN_TYPES: [(TokenKind, SemanticTokenType); 16] = [
    (TokenKind::Keyword, SemanticTokenType::KEYWORD),
    (TokenKind::Parameter, SemanticTokenType::PARAMETER),
    (TokenKind::Decorator, SemanticTokenType::DECORATOR),
    (TokenKind::Namespace, SemanticTokenType::NAMESPACE),
    (TokenKind::Class, SemanticTokenType::CLASS),
    (TokenKind::Method, SemanticTokenType::METHOD),
    (TokenKind::Property, SemanticTokenType::PROPERTY),
    (TokenKind::EnumMember, SemanticTokenType::ENUM_MEMBER),
    (TokenKind::Type, SemanticTokenType::TYPE),
    (TokenKind::Function, SemanticTokenType::FUNCTION),
    (TokenKind::Variable, SemanticTokenType::VARIABLE),
    (TokenKind::String, SemanticTokenType::STRING),
    (TokenKind::Number, SemanticTokenType::NUMBER),
    (TokenKind::Regexp, SemanticTokenType::REGEXP),
    (TokenKind::Operator, SemanticTokenType::OPERATOR),
    (TokenKind::Comment, SemanticTokenType::COMMENT),
];

pub(super) fn legend() -> SemanticTokensLegend {
    SemanticTokensLegend {
        token_types: TOKEN_TYPES.iter().map(|(_, name)| name.clone()).collect(),
        token_modifiers: vec![SemanticTokenModifier::DECLARATION],
    }
}

pub(super) fn text_edits(edits: Vec<ide::format::Edit>, lines: Lines<'_>) -> Vec<TextEdit> {
    let convert = |edit: ide::format::Edit| TextEdit {
        range: lines.range(&edit.range),
        new_text: edit.text,
    };
    edits.into_iter().map(convert).collect()
}

/// Tokens, each relative to the one before.
pub(super) fn semantic_tokens(tokens: &[ide::semantic_tokens::SemanticToken], lines: Lines<'_>) -> SemanticTokens {
    let mut last = Position::new(0, 0);
    let data = tokens.iter().map(|token| {
        let range = lines.range(&token.range);
        let delta_line = range.start.line - last.line;
        let delta_start = match delta_line {
            0 => range.start.character - last.character,
            _ => range.start.character,
        };
        last = range.start;
        let kind = TOKEN_TYPES.iter().position(|(kind, _)| *kind == token.kind);
        SemanticToken {
            delta_line,
            delta_start,
            length: range.end.character - range.start.character,
            token_type: kind.unwrap_or(0) as u32,
            token_modifiers_bitset: u32::from(token.declaration),
        }
    });
    SemanticTokens {
        result_id: None,
        data: data.collect(),
    }
}
