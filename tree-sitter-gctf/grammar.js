/// <reference types="tree-sitter-cli/dsl" />

// The grammar is total: any bytes parse without an ERROR or MISSING node. A file that is being typed is
// broken most of the time, so brokenness is part of the tree: closers and values are optional, and what does
// not fit has a leaf of its own (`stray`, `missing_close`, `header_junk`, `expr_junk` …).
//
// Lines decide first. The scanner (src/scanner.c) classifies each line before anything else looks at it;
// a header, a near-miss and an attribute line end whatever is open above them. Tokens named `_…_start`,
// `_…_end` and `_section_of_…` have no width: they carry such a decision into the parse state.

/** The families of bodies: marker token → body. The scanner reads the family off the section's name. */
const FAMILIES = {
  _section_of_json: $ => optional(field('body', $.json_body)),
  _section_of_settings: $ => lines($, $.key_value_body),
  _section_of_continued: $ => lines($, alias($.continued_body, $.key_value_body)),
  _section_of_either: $ => optional(choice(
    seq($._json_start, field('body', $.json_body)),
    seq($._line_start, field('body', $.key_value_body)),
  )),
  _section_of_values: $ => lines($, $.value_body),
  _section_of_asserts: $ => optional(field('body', $.assert_body)),
  _section_of_extracts: $ => optional(field('body', $.extract_body)),
  _section_of_yaml: $ => optional(seq($._yaml_start, field('body', $.yaml_body))),
  _section_of_text: $ => lines($, $.text_body),
};

/** A body of which each line is announced by the scanner. */
function lines($, body) {
  return optional(seq($._line_start, field('body', body)));
}

/** One or more `line`s; the first `_line_start` stands in front of the body, so that bodies start at content. */
function announced($, line, start = $._line_start) {
  return seq(line, repeat(seq(start, line)));
}

/**
 * The rules of objects and arrays. A closer of the other kind closes the container only if it closes an outer
 * one, so each container exists once without and once with a container of the other kind around it.
 */
function object($, pair, object, array, surrounded) {
  return seq(
    '{',
    repeat(choice(
      alias(pair, $.pair),
      alias(object, $.object),
      alias(array, $.array),
      ',',
      alias(':', $.stray),
      $._stray,
      ...(surrounded ? [] : [alias($._close_bracket, $.stray)]),
    )),
    choice(
      alias($._close_brace, '}'),
      alias($._stop, $.missing_close),
      ...(surrounded ? [alias($._outer_bracket, $.missing_close)] : []),
    ),
  );
}

function array($, object, array, surrounded) {
  return seq(
    '[',
    repeat(choice(
      alias(object, $.object),
      alias(array, $.array),
      $._scalar,
      ',',
      alias(':', $.stray),
      $._stray,
      ...(surrounded ? [] : [alias($._close_brace, $.stray)]),
    )),
    choice(
      alias($._close_bracket, ']'),
      alias($._stop, $.missing_close),
      ...(surrounded ? [alias($._outer_brace, $.missing_close)] : []),
    ),
  );
}

function pair($, object, array) {
  return prec.right(1, seq(
    field('key', $._scalar),
    optional(seq(
      ':',
      optional(choice(
        field('value', choice(alias(object, $.object), alias(array, $.array), $._scalar)),
        $._no_value,
      )),
    )),
  ));
}

const WORD = /[A-Za-z_][A-Za-z0-9_]*/;

module.exports = grammar({
  name: 'gctf',

  externals: $ => [
    // Families; the order is that of `FAMILIES` and of the scanner's table.
    $._section_of_json,
    $._section_of_settings,
    $._section_of_continued,
    $._section_of_either,
    $._section_of_values,
    $._section_of_asserts,
    $._section_of_extracts,
    $._section_of_yaml,
    $._section_of_text,
    $._section_end,
    // Header
    $._header_open,
    $.section_name,
    $.option_name,
    $._option_equals,
    $.option_value,
    $.header_junk,
    $._header_close,
    $._near_miss_start,
    $.near_miss,
    // Attribute
    $._attributes_start,
    $._attribute_open,
    $.attribute_name,
    $._attribute_open_paren,
    $.attribute_value,
    $._attribute_close_paren,
    $._attribute_close,
    $.attribute_junk,
    $._attribute_end,
    $._not_attribute,
    // Lines
    $._line_start,
    $._yaml_start,
    $._line_end,
    $.text_line,
    $.yaml_line,
    $.stray_line,
    $.continuation_line,
    $.entry_key,
    $._entry_colon,
    $._value_text,
    $._value_interpolation,
    // JSON
    $._json_start,
    $._stop,
    $._outer_bracket,
    $._outer_brace,
    $._close_bracket,
    $._close_brace,
    $._no_value,
    $._json_interpolation,
    $._json_unreadable,
    $._double_quoted_content,
    $._single_quoted_content,
    $._escape,
    $._continuation_backslash,
    $._continuation_newline,
    $.invalid_escape,
    $._string_interpolation,
    $.missing_quote,
    // Expressions
    $.variable_name,
    $._type_colon,
    $.type_name,
    $._extraction_equals,
    $._expression_end,
    $.expr_string,
    $.expr_regex,
    $._expression_unreadable,

    $.comment,
    $._error_sentinel,
  ],

  extras: $ => [/[ \t\r\n\f\v]/, $.comment, $._not_attribute],

  inline: $ => [$._scalar],

  rules: {
    source_file: $ => seq(
      optional(seq($._line_start, $.preamble)),
      repeat(choice($.section, $.near_miss_section)),
      optional($._attributes),
    ),

    preamble: $ => announced($, $.text_line),

    section: $ => seq(
      optional($._attributes),
      choice(...Object.entries(FAMILIES).map(([family, body]) =>
        seq($[family], field('header', $.header), body($)))),
      $._section_end,
    ),

    near_miss_section: $ => seq(
      $._near_miss_start,
      field('header', $.near_miss),
      lines($, $.text_body),
      $._section_end,
    ),

    // ---- headers and attributes

    header: $ => seq(
      alias($._header_open, '---'),
      field('name', $.section_name),
      repeat(choice($.option, $.header_junk)),
      alias($._header_close, '---'),
    ),

    option: $ => seq(
      field('name', $.option_name),
      optional(seq(alias($._option_equals, '='), optional(field('value', $.option_value)))),
    ),

    _attributes: $ => seq($._attributes_start, repeat1($.attribute)),

    attribute: $ => seq(
      alias($._attribute_open, '#['),
      optional(field('name', $.attribute_name)),
      optional(seq(
        alias($._attribute_open_paren, '('),
        optional(field('value', $.attribute_value)),
        optional(alias($._attribute_close_paren, ')')),
      )),
      optional(alias($._attribute_close, ']')),
      optional($.attribute_junk),
      $._attribute_end,
    ),

    // ---- line oriented bodies

    key_value_body: $ => announced($, choice($.entry, $.stray_line)),
    continued_body: $ => announced($, choice($.entry, $.stray_line, $.continuation_line)),

    entry: $ => seq(
      choice(
        seq(field('key', $.entry_key), alias($._entry_colon, ':')),
        alias($._entry_colon, ':'),
      ),
      optional(field('value', $.entry_value)),
      $._line_end,
    ),
    entry_value: $ => $._value,

    value_body: $ => announced($, $.value_line),
    value_line: $ => seq($._value, $._line_end),

    _value: $ => repeat1(choice($._value_text, alias($._value_interpolation, $.interpolation))),

    yaml_body: $ => announced($, $.yaml_line, $._yaml_start),
    text_body: $ => announced($, $.text_line),

    // ---- JSON bodies

    json_body: $ => repeat1(choice(
      $.object,
      $.array,
      $._scalar,
      ',',
      alias(':', $.stray),
      alias($._close_bracket, $.stray),
      alias($._close_brace, $.stray),
      $._stray,
    )),

    object: $ => object($, $.pair, $.object, $._array_in_object, false),
    array: $ => array($, $._object_in_array, $.array, false),
    pair: $ => pair($, $.object, $._array_in_object),

    _object_in_array: $ => object($, $._pair_in_array, $._object_in_array, $._array_in_object, true),
    _array_in_object: $ => array($, $._object_in_array, $._array_in_object, true),
    _pair_in_array: $ => pair($, $._object_in_array, $._array_in_object),

    _scalar: $ => choice(
      $.string,
      $.number,
      $.true,
      $.false,
      $.null,
      alias($._json_interpolation, $.interpolation),
      $.bare_word,
    ),

    _stray: $ => choice(alias($._anything, $.stray), alias($._json_unreadable, $.stray)),

    string: $ => choice(
      string($, '"', $._double_quoted_content),
      string($, '\'', $._single_quoted_content),
    ),
    _continuation: $ => seq($._continuation_backslash, $._continuation_newline),

    number: _ => token(choice(
      /[+-]?[0-9][0-9_]*(\.[0-9_]*)?([eE][+-]?[0-9][0-9_]*)?/,
      /[+-]?\.[0-9][0-9_]*([eE][+-]?[0-9][0-9_]*)?/,
      /[+-]?0[xX][0-9a-fA-F_]+/,
      /[+-]?(Infinity|NaN)/,
    )),
    true: _ => 'true',
    false: _ => 'false',
    null: _ => 'null',
    // Anything that reads as one word: letters, digits, `_ $ @ * . + -` and what is beyond ASCII and not a space.
    bare_word: _ => /[A-Za-z0-9_$@*.+\-\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\u{10ffff}]+/u,

    // ---- expressions: flat tokens, one node per line

    assert_body: $ => repeat1($.expression),
    extract_body: $ => repeat1(choice($.extraction, $.expression)),

    extraction: $ => seq(
      field('name', $.variable_name),
      optional(seq(alias($._type_colon, ':'), optional(field('type', $.type_name)))),
      alias($._extraction_equals, '='),
      choice(field('value', $.expression), $._expression_end),
    ),

    expression: $ => seq(repeat1($._piece), $._expression_end),

    // Infix words are operators only directly behind a term; a regex stands only where no division can.
    _piece: $ => choice(
      seq($._term, optional(choice($.operator_word, seq(alias('matches', $.operator_word), optional($.expr_regex))))),
      seq(alias($._before_argument, $.punctuation), optional($.expr_regex)),
      alias($._punctuation, $.punctuation),
      $.keyword,
      $.operator,
      alias($._anything, $.expr_junk),
      alias($._expression_unreadable, $.expr_junk),
      alias($._foreign, $.expr_junk),
    ),

    _term: $ => choice(
      $.expr_string,
      $.expr_number,
      $.path_step,
      $.variable,
      $.plugin,
      $.constant,
      $.identifier,
      alias('end', $.keyword),
      alias($._after_term, $.operator),
      alias($._closing, $.punctuation),
    ),

    expr_number: _ => /([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][+-]?[0-9]+)?/,
    path_step: _ => token(choice('.', /\.[A-Za-z_][A-Za-z0-9_]*/, /\."([^"\\\n]|\\[^\n])*"?/)),
    variable: _ => /\$([A-Za-z_][A-Za-z0-9_]*(::[A-Za-z_][A-Za-z0-9_]*)*)?/,
    plugin: _ => /@([A-Za-z_][A-Za-z0-9_]*(\.([A-Za-z_][A-Za-z0-9_]*)?)?)?/,
    constant: _ => token(choice('true', 'false', 'null')),
    keyword: _ => token(choice(
      'and', 'or', 'not', 'if', 'then', 'elif', 'else', 'as', 'def', 'reduce', 'foreach', 'try', 'catch', 'label',
      'import', 'include',
    )),
    operator_word: _ => token(choice('contains', 'startsWith', 'startswith', 'endsWith', 'endswith', 'xor')),
    identifier: _ => token(seq(WORD, repeat(seq('::', WORD)))),

    _after_term: _ => token(choice('?', '..')),
    operator: _ => token(choice(
      '|', '//', '=', '|=', '+=', '-=', '*=', '/=', '%=', '//=', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/',
      '%', '!', '&&', '||', '=~', '===', '!==',
    )),
    _before_argument: _ => token(choice('(', ',')),
    _closing: _ => token(choice(')', ']', '}')),
    _punctuation: _ => token(choice('[', '{', ';', ':')),
    // A single-quoted string is a common slip, and text in another script is one word.
    _foreign: _ => token(choice(/'[^'\n]*'/, /[\u0080-\u{10ffff}]+/u)),

    _anything: _ => token(prec(-2, /[^ \t\r\n\f\v]/)),
  },
});

function string($, quote, content) {
  return seq(
    quote,
    repeat(choice(
      alias(content, $.string_content),
      alias($._escape, $.escape_sequence),
      alias($._continuation, $.escape_sequence),
      $.invalid_escape,
      alias($._string_interpolation, $.interpolation),
    )),
    choice(quote, $.missing_quote),
  );
}
