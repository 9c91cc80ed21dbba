// The lines of a .gctf file, and every token whose extent depends on them.
//
// Each line is classified before anything else reads it (`line_kind`): a header, a near-miss and an attribute
// line end whatever is open above them. A decision about a line is handed to the parser as a token without
// width; the line's own tokens come in later calls, so that one call never needs two ends to choose from.
//
// The state is a few bytes. It is the same (`inside_line` alone) wherever a section ends, so sections are reused by
// incremental parsing; in between it spares the scanner from looking ahead twice over the same text.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

#include <string.h>

enum Token {
  SECTION_OF_JSON,
  SECTION_OF_SETTINGS,
  SECTION_OF_CONTINUED,
  SECTION_OF_EITHER,
  SECTION_OF_VALUES,
  SECTION_OF_ASSERTS,
  SECTION_OF_EXTRACTS,
  SECTION_OF_YAML,
  SECTION_OF_TEXT,
  SECTION_END,

  HEADER_OPEN,
  SECTION_NAME,
  OPTION_NAME,
  OPTION_EQUALS,
  OPTION_VALUE,
  HEADER_JUNK,
  HEADER_CLOSE,
  NEAR_MISS_START,
  NEAR_MISS,

  ATTRIBUTES_START,
  ATTRIBUTE_OPEN,
  ATTRIBUTE_NAME,
  ATTRIBUTE_OPEN_PAREN,
  ATTRIBUTE_VALUE,
  ATTRIBUTE_CLOSE_PAREN,
  ATTRIBUTE_CLOSE,
  ATTRIBUTE_JUNK,
  ATTRIBUTE_END,
  NOT_ATTRIBUTE,

  LINE_START,
  YAML_START,
  LINE_END,
  TEXT_LINE,
  YAML_LINE,
  STRAY_LINE,
  CONTINUATION_LINE,
  ENTRY_KEY,
  ENTRY_COLON,
  VALUE_TEXT,
  VALUE_INTERPOLATION,

  JSON_START,
  STOP,
  OUTER_BRACKET,
  OUTER_BRACE,
  CLOSE_BRACKET,
  CLOSE_BRACE,
  NO_VALUE,
  JSON_INTERPOLATION,
  JSON_UNREADABLE,
  DOUBLE_QUOTED_CONTENT,
  SINGLE_QUOTED_CONTENT,
  ESCAPE,
  CONTINUATION_BACKSLASH,
  CONTINUATION_NEWLINE,
  INVALID_ESCAPE,
  STRING_INTERPOLATION,
  MISSING_QUOTE,

  VARIABLE_NAME,
  TYPE_COLON,
  TYPE_NAME,
  EXTRACTION_EQUALS,
  EXPRESSION_END,
  EXPR_STRING,
  EXPR_REGEX,
  EXPRESSION_UNREADABLE,

  COMMENT,
  ERROR_SENTINEL,
};

enum Closing { NOTHING, EVERYTHING, TO_BRACE, TO_BRACKET };

typedef struct {
  // The next token does not start a line, unless a line end comes first.
  uint8_t inside_line;
  // Containers that are being closed by what was seen ahead (enum Closing).
  uint8_t closing;
  // A block comment goes on here, in a line that is known to be none of the special ones.
  uint8_t in_comment;
  // Characters of option text left in this header.
  uint32_t option_text;
  // `#[` lines, before the next content, that are known to be comments.
  uint32_t not_attributes;
} State;

typedef struct {
  const char *name;
  enum Token family;
} Section;

static const Section SECTIONS[] = {
  {"ADDRESS", SECTION_OF_VALUES},
  {"ASSERTS", SECTION_OF_ASSERTS},
  {"BENCH", SECTION_OF_CONTINUED},
  {"DATASET", SECTION_OF_YAML},
  {"ENDPOINT", SECTION_OF_VALUES},
  {"ERROR", SECTION_OF_JSON},
  {"EXTRACT", SECTION_OF_EXTRACTS},
  {"HEADERS", SECTION_OF_SETTINGS},
  {"META", SECTION_OF_YAML},
  {"OPTIONS", SECTION_OF_SETTINGS},
  {"PROTO", SECTION_OF_EITHER},
  {"REQUEST", SECTION_OF_JSON},
  {"REQUEST_HEADERS", SECTION_OF_SETTINGS},
  {"RESPONSE", SECTION_OF_JSON},
  {"TLS", SECTION_OF_EITHER},
};
#define SECTION_COUNT (sizeof SECTIONS / sizeof *SECTIONS)
#define NAME_MAX 15

// ---- characters

static inline bool is_blank(int32_t c) { return c == ' ' || c == '\t'; }
static inline bool is_space(int32_t c) { return is_blank(c) || (c >= '\n' && c <= '\r'); }
static inline bool is_upper(int32_t c) { return c >= 'A' && c <= 'Z'; }
static inline bool is_letter(int32_t c) { return is_upper(c) || (c >= 'a' && c <= 'z') || c == '_'; }
static inline bool is_digit(int32_t c) { return c >= '0' && c <= '9'; }
static inline bool is_word(int32_t c) { return is_letter(c) || is_digit(c); }
static inline bool is_hex(int32_t c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

static inline void advance(TSLexer *lexer) { lexer->advance(lexer, false); }
static inline void skip(TSLexer *lexer) { lexer->advance(lexer, true); }
static inline bool at_end(TSLexer *lexer) { return lexer->lookahead == 0 && lexer->eof(lexer); }

static inline bool emit(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = (TSSymbol)token;
  return true;
}

static inline bool emit_here(TSLexer *lexer, enum Token token) {
  lexer->mark_end(lexer);
  return emit(lexer, token);
}

static inline bool emit_next(TSLexer *lexer, enum Token token) {
  advance(lexer);
  return emit_here(lexer, token);
}

static void advance_blanks(TSLexer *lexer) {
  while (is_blank(lexer->lookahead)) advance(lexer);
}

// Consumes a CR; whether it was the first half of a line end.
static bool advance_cr(TSLexer *lexer) {
  advance(lexer);
  return lexer->lookahead == '\n';
}

// Consumes the rest of the line, not its end.
static void advance_line(TSLexer *lexer) {
  while (lexer->lookahead != '\n' && !at_end(lexer)) advance(lexer);
}

// Consumes the rest of the line and marks the end of its last character, trailing blanks left out if `trim`.
static void take_line(TSLexer *lexer, bool trim) {
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n' || at_end(lexer)) return;
    if (c == '\r') {
      if (advance_cr(lexer)) return;
      lexer->mark_end(lexer);
      continue;
    }
    advance(lexer);
    if (!trim || !is_blank(c)) lexer->mark_end(lexer);
  }
}

// ---- lines

typedef struct {
  enum { ORDINARY, HEADER, NEAR_MISSED } kind;
  enum Token family;
  uint32_t option_text;
  // Block comments only: the line holds a comment's closer.
  bool closes_comment;
} Dashes;

static const Section *section_named(const char *name, unsigned length) {
  for (unsigned i = 0; i < SECTION_COUNT; i++) {
    if (strlen(SECTIONS[i].name) == length && !memcmp(SECTIONS[i].name, name, length)) return &SECTIONS[i];
  }
  return NULL;
}

// Classifies a line from its first character, a dash; reads to the line's end at most.
static Dashes read_dashes(TSLexer *lexer) {
  Dashes line = {ORDINARY, SECTION_OF_TEXT, 0, false};
  unsigned dashes = 0;
  for (; lexer->lookahead == '-'; advance(lexer)) {
    if (dashes < 4) dashes++;
  }
  if (dashes < 2) return line;
  advance_blanks(lexer);

  // The word decides a near-miss, its upper-case start names the section of a header.
  char word[NAME_MAX];
  unsigned length = 0, name_length = 0;
  uint32_t behind_name = 0;
  bool exact = true;
  for (; is_word(lexer->lookahead); advance(lexer)) {
    int32_t c = lexer->lookahead;
    if (c >= 'a' && c <= 'z') {
      exact = false;
      c -= 'a' - 'A';
    } else if (is_digit(c)) {
      exact = false;
    }
    if (exact) {
      name_length = length < NAME_MAX ? length + 1 : NAME_MAX + 1;
    } else {
      behind_name++;
    }
    if (length < NAME_MAX) word[length] = (char)c;
    if (length <= NAME_MAX) length++;
  }
  if (length == 0) return line;
  if (length <= NAME_MAX && section_named(word, length)) line.kind = NEAR_MISSED;

  // A header's line ends in three dashes behind the name.
  uint32_t position = behind_name, text_end = behind_name, before_run = behind_name;
  uint32_t run = 0;
  bool blank_before = false;
  int32_t previous = 0;
  while (lexer->lookahead != '\n' && !at_end(lexer)) {
    int32_t c = lexer->lookahead;
    if (c == '\r' && advance_cr(lexer)) break;
    if (c != '\r') advance(lexer);
    position++;
    if (c == '/' && previous == '*') line.closes_comment = true;
    previous = c;
    if (is_blank(c)) {
      blank_before = true;
      continue;
    }
    if (c == '-') {
      if (run == 0 || blank_before) {
        run = 0;
        before_run = text_end;
      }
      run++;
    } else {
      run = 0;
    }
    blank_before = false;
    text_end = position;
  }
  if (dashes == 3 && name_length > 0 && run >= 3) {
    const Section *section = name_length <= NAME_MAX ? section_named(word, name_length) : NULL;
    line.kind = HEADER;
    line.family = section ? section->family : SECTION_OF_TEXT;
    line.option_text = run == 3 ? before_run : text_end - 3;
  }
  return line;
}

// Whether a `#[` line, of which any part has been read, is an attribute: only blank, comment and attribute
// lines stand between it and the next header or the end. If not, `further` counts the `#[` lines in between.
static bool is_attribute(TSLexer *lexer, uint32_t *further) {
  uint32_t count = 0;
  bool found = false;
  for (bool done = false; !done;) {
    advance_line(lexer);
    if (at_end(lexer)) return true;
    advance(lexer);
    advance_blanks(lexer);
    switch (lexer->lookahead) {
      case '\n':
        break;
      case '\r':
        done = !advance_cr(lexer);
        break;
      case '#':
        advance(lexer);
        if (lexer->lookahead == '[') count++;
        break;
      case '/':
        advance(lexer);
        done = lexer->lookahead != '/';
        break;
      case '-':
        found = read_dashes(lexer).kind == HEADER;
        done = true;
        break;
      default:
        found = at_end(lexer);
        done = true;
    }
  }
  if (!found) *further = count;
  return found;
}

// Whether the line that starts here, inside a string or a block comment, ends what is open.
typedef enum { GOES_ON, ENDS, UNSURE } Continuation;

static Continuation read_line_start(TSLexer *lexer, State *state) {
  advance_blanks(lexer);
  if (lexer->lookahead == '-') {
    Dashes line = read_dashes(lexer);
    if (line.kind != ORDINARY) return ENDS;
    return line.closes_comment ? UNSURE : GOES_ON;
  }
  if (lexer->lookahead != '#') return GOES_ON;
  advance(lexer);
  if (lexer->lookahead != '[') return GOES_ON;
  if (state->not_attributes > 0) {
    state->not_attributes--;
    return GOES_ON;
  }
  return is_attribute(lexer, &state->not_attributes) ? ENDS : UNSURE;
}

// ---- templates

typedef enum { NO_TEMPLATE, TEMPLATE, ANOTHER_BRACE } Template;

// Reads `name }}`, from behind `{{`.
static Template read_template(TSLexer *lexer) {
  if (lexer->lookahead == '{') return ANOTHER_BRACE;
  advance_blanks(lexer);
  if (!is_letter(lexer->lookahead)) return NO_TEMPLATE;
  while (is_word(lexer->lookahead) || lexer->lookahead == '.') advance(lexer);
  advance_blanks(lexer);
  if (lexer->lookahead != '}') return NO_TEMPLATE;
  advance(lexer);
  if (lexer->lookahead != '}') return NO_TEMPLATE;
  advance(lexer);
  return TEMPLATE;
}

// Text up to a template, a line end, or (in a string) `quote` or a backslash; or one template. Trailing blanks
// are left out unless a quote protects them.
static bool scan_text(TSLexer *lexer, int32_t quote, enum Token text, enum Token interpolation) {
  bool any = false;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n' || at_end(lexer)) break;
    if (c == '\r') {
      if (advance_cr(lexer)) break;
      lexer->mark_end(lexer);
      any = true;
      continue;
    }
    if (quote && (c == quote || c == '\\')) break;
    if (c != '{') {
      advance(lexer);
      if (quote || !is_blank(c)) {
        lexer->mark_end(lexer);
        any = true;
      }
      continue;
    }
    advance(lexer);
    if (lexer->lookahead != '{') {
      lexer->mark_end(lexer);
      any = true;
      continue;
    }
    // A piece of text ends before `{{`, or consists of its first brace.
    if (!any) lexer->mark_end(lexer);
    advance(lexer);
    Template template = read_template(lexer);
    if (template == TEMPLATE && !any) return emit_here(lexer, interpolation);
    if (template != NO_TEMPLATE) return emit(lexer, text);
    lexer->mark_end(lexer);
    any = true;
  }
  return any && emit(lexer, text);
}

// ---- headers

static bool scan_header(TSLexer *lexer, State *state, const bool *valid) {
  bool glued = true;
  while (is_blank(lexer->lookahead)) {
    skip(lexer);
    glued = false;
    if (!valid[HEADER_OPEN] && !valid[SECTION_NAME] && state->option_text > 0) state->option_text--;
  }
  if (valid[HEADER_OPEN] || (valid[HEADER_CLOSE] && state->option_text == 0)) {
    for (int i = 0; i < 3; i++) advance(lexer);
    return emit_here(lexer, valid[HEADER_OPEN] ? HEADER_OPEN : HEADER_CLOSE);
  }
  if (valid[SECTION_NAME]) {
    while (is_upper(lexer->lookahead) || lexer->lookahead == '_') advance(lexer);
    return emit_here(lexer, SECTION_NAME);
  }

  enum Token token;
  int32_t first = lexer->lookahead;
  int32_t quote = 0;
  uint32_t depth = 0;
  bool escaped = false;
  if (valid[OPTION_EQUALS] && glued && first == '=') {
    state->option_text--;
    return emit_next(lexer, OPTION_EQUALS);
  }
  if (valid[OPTION_VALUE] && glued) {
    token = OPTION_VALUE;
  } else if (is_letter(first) || first == '"') {
    token = OPTION_NAME;
  } else {
    token = HEADER_JUNK;
  }
  for (; state->option_text > 0; state->option_text--, advance(lexer)) {
    int32_t c = lexer->lookahead;
    if (is_blank(c) && !quote && !depth && !escaped) break;
    if (token == HEADER_JUNK) {
      if (is_letter(c) || c == '"') break;
      continue;
    }
    if (token == OPTION_NAME && first != '"') {
      if (!is_word(c) && c != '.' && c != '-') break;
      continue;
    }
    if (escaped) {
      escaped = false;
    } else if (c == '\\') {
      escaped = true;
    } else if (quote) {
      if (c != quote) continue;
      quote = 0;
      if (token == OPTION_VALUE) continue;
      state->option_text--;
      advance(lexer);
      break;
    } else if (c == '"') {
      quote = c;
    } else if (c == '[') {
      depth++;
    } else if (c == ']' && depth > 0) {
      depth--;
    }
  }
  if (token == OPTION_NAME && quote) token = HEADER_JUNK;
  return emit_here(lexer, token);
}

// ---- attributes

static bool scan_attribute(TSLexer *lexer, const bool *valid) {
  lexer->mark_end(lexer);
  while (is_blank(lexer->lookahead)) skip(lexer);
  int32_t c = lexer->lookahead;
  if (c == '\n' || at_end(lexer)) return emit(lexer, ATTRIBUTE_END);
  if (c == '\r') {
    if (advance_cr(lexer)) return emit(lexer, ATTRIBUTE_END);
    lexer->mark_end(lexer);
    take_line(lexer, true);
    return emit(lexer, ATTRIBUTE_JUNK);
  }
  if (valid[ATTRIBUTE_NAME] && (is_word(c) || c == '-')) {
    while (is_word(lexer->lookahead) || lexer->lookahead == '-') advance(lexer);
    return emit_here(lexer, ATTRIBUTE_NAME);
  }
  if (valid[ATTRIBUTE_OPEN_PAREN] && c == '(') return emit_next(lexer, ATTRIBUTE_OPEN_PAREN);
  if (valid[ATTRIBUTE_CLOSE_PAREN] && c == ')') return emit_next(lexer, ATTRIBUTE_CLOSE_PAREN);
  if (valid[ATTRIBUTE_CLOSE] && !valid[ATTRIBUTE_VALUE] && c == ']') return emit_next(lexer, ATTRIBUTE_CLOSE);
  if (!valid[ATTRIBUTE_VALUE]) {
    take_line(lexer, true);
    return emit(lexer, ATTRIBUTE_JUNK);
  }

  uint32_t depth = 0;
  bool quoted = false;
  for (;;) {
    c = lexer->lookahead;
    if (c == '\n' || at_end(lexer)) break;
    if (c == '\r') {
      if (advance_cr(lexer)) break;
      lexer->mark_end(lexer);
      continue;
    }
    if (c == '\\' && quoted) {
      advance(lexer);
      lexer->mark_end(lexer);
      if (lexer->lookahead == '\n' || lexer->lookahead == '\r' || at_end(lexer)) continue;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '(' && !quoted) {
      depth++;
    } else if (c == ')' && !quoted && depth-- == 0) {
      break;
    }
    bool blank = is_blank(lexer->lookahead);
    advance(lexer);
    if (!blank) lexer->mark_end(lexer);
  }
  return emit(lexer, ATTRIBUTE_VALUE);
}

// ---- strings of JSON bodies

static bool scan_escape(TSLexer *lexer, State *state) {
  advance(lexer);
  lexer->mark_end(lexer);
  int32_t c = lexer->lookahead;
  if (c == '\r' && !advance_cr(lexer)) return emit_here(lexer, ESCAPE);
  if (lexer->lookahead == '\n') {
    advance(lexer);
    State before = *state;
    if (read_line_start(lexer, state) != ENDS) return emit(lexer, CONTINUATION_BACKSLASH);
    *state = before;
    return emit(lexer, INVALID_ESCAPE);
  }
  if (at_end(lexer) || (c >= '1' && c <= '9')) return emit(lexer, INVALID_ESCAPE);
  advance(lexer);
  if (c == '0' && is_digit(lexer->lookahead)) return emit(lexer, INVALID_ESCAPE);
  lexer->mark_end(lexer);
  if (c != 'x' && c != 'u') return emit(lexer, ESCAPE);
  for (int i = c == 'x' ? 2 : 4; i > 0; i--) {
    if (!is_hex(lexer->lookahead)) return emit_here(lexer, INVALID_ESCAPE);
    advance(lexer);
  }
  return emit_here(lexer, ESCAPE);
}

static bool scan_string(TSLexer *lexer, State *state, const bool *valid) {
  bool is_double = valid[DOUBLE_QUOTED_CONTENT];
  int32_t quote = is_double ? '"' : '\'';
  lexer->mark_end(lexer);
  if (lexer->lookahead == quote) return false;
  if (lexer->lookahead == '\\') return scan_escape(lexer, state);
  enum Token content = is_double ? DOUBLE_QUOTED_CONTENT : SINGLE_QUOTED_CONTENT;
  return scan_text(lexer, quote, content, STRING_INTERPOLATION) || emit(lexer, MISSING_QUOTE);
}

// ---- comments

static bool scan_line_comment(TSLexer *lexer) {
  lexer->mark_end(lexer);
  take_line(lexer, false);
  return emit(lexer, COMMENT);
}

// Goes on in a block comment, to its closer or to the line that ends it.
static bool scan_block_comment(TSLexer *lexer, State *state) {
  state->in_comment = 0;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (at_end(lexer)) return emit_here(lexer, COMMENT);
    if (c == '*') {
      advance(lexer);
      if (lexer->lookahead == '/') return emit_next(lexer, COMMENT);
      continue;
    }
    if (c != '\n' && c != '\r') {
      advance(lexer);
      continue;
    }
    lexer->mark_end(lexer);
    if (c == '\r' && !advance_cr(lexer)) continue;
    advance(lexer);
    switch (read_line_start(lexer, state)) {
      case GOES_ON:
        break;
      case UNSURE:
        // What was read ahead may hold the closer: the comment goes on in a node of its own.
        state->in_comment = 1;
        return emit(lexer, COMMENT);
      case ENDS:
        return emit(lexer, COMMENT);
    }
  }
}

// ---- expressions

#define STRING_DEPTH 32

// A jq string, with `\( … )` in which further strings may stand; ends at its quote or its line's end.
static bool scan_expr_string(TSLexer *lexer) {
  uint32_t parens[STRING_DEPTH];
  unsigned depth = 0;
  bool in_string = true;
  advance(lexer);
  lexer->mark_end(lexer);
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n' || at_end(lexer)) return emit(lexer, EXPR_STRING);
    advance(lexer);
    if (c == '\r' && lexer->lookahead == '\n') return emit(lexer, EXPR_STRING);
    if (!is_blank(c)) lexer->mark_end(lexer);
    if (in_string && c == '"') {
      if (depth == 0) return emit(lexer, EXPR_STRING);
      in_string = false;
    } else if (in_string && c == '\\') {
      c = lexer->lookahead;
      if (c == '\n' || c == '\r' || at_end(lexer)) continue;
      advance(lexer);
      lexer->mark_end(lexer);
      if (c == '(' && depth < STRING_DEPTH) {
        parens[depth++] = 0;
        in_string = false;
      }
    } else if (!in_string && c == '"') {
      in_string = true;
    } else if (!in_string && c == '(') {
      parens[depth - 1]++;
    } else if (!in_string && c == ')' && parens[depth - 1]-- == 0) {
      depth--;
      in_string = true;
    }
  }
}

// A regex literal with its flags, from behind the slash; unclosed it ends with its line.
static bool scan_regex(TSLexer *lexer) {
  bool in_class = false;
  lexer->mark_end(lexer);
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == '\n' || at_end(lexer)) return emit(lexer, EXPR_REGEX);
    advance(lexer);
    if (c == '\r' && lexer->lookahead == '\n') return emit(lexer, EXPR_REGEX);
    if (!is_blank(c)) lexer->mark_end(lexer);
    if (c == '\\') {
      c = lexer->lookahead;
      if (c == '\n' || c == '\r' || at_end(lexer)) continue;
      advance(lexer);
      lexer->mark_end(lexer);
    } else if (c == '[') {
      in_class = true;
    } else if (c == ']') {
      in_class = false;
    } else if (c == '/' && !in_class) {
      break;
    }
  }
  while (is_letter(lexer->lookahead)) advance(lexer);
  return emit_here(lexer, EXPR_REGEX);
}

// A token of an expression that the generated lexer cannot read.
static bool scan_expression_token(TSLexer *lexer, const bool *valid) {
  int32_t c = lexer->lookahead;
  if (c == '"') return scan_expr_string(lexer);
  if (c == 0 || c < 0) return emit_next(lexer, EXPRESSION_UNREADABLE);
  if (c != '/' || !valid[EXPR_REGEX]) return false;
  advance(lexer);
  return lexer->lookahead != '/' && scan_regex(lexer);
}

// Inside the line of an expression.
static bool scan_expression(TSLexer *lexer, const bool *valid) {
  lexer->mark_end(lexer);
  while (is_space(lexer->lookahead) && lexer->lookahead != '\n') skip(lexer);
  if (lexer->lookahead == '\n' || lexer->lookahead == '#' || at_end(lexer)) return emit(lexer, EXPRESSION_END);
  return scan_expression_token(lexer, valid);
}

// `name[:type] =`, of which the name is the token.
static bool scan_variable_name(TSLexer *lexer) {
  while (is_word(lexer->lookahead)) advance(lexer);
  lexer->mark_end(lexer);
  advance_blanks(lexer);
  if (lexer->lookahead == ':') {
    advance(lexer);
    advance_blanks(lexer);
    while (is_word(lexer->lookahead)) advance(lexer);
    advance_blanks(lexer);
  }
  if (lexer->lookahead != '=') return false;
  advance(lexer);
  return lexer->lookahead != '=' && emit(lexer, VARIABLE_NAME);
}

static bool scan_extraction(TSLexer *lexer, const bool *valid) {
  while (is_blank(lexer->lookahead)) skip(lexer);
  if (valid[TYPE_COLON] && lexer->lookahead == ':') return emit_next(lexer, TYPE_COLON);
  if (lexer->lookahead == '=') return emit_next(lexer, EXTRACTION_EQUALS);
  while (is_word(lexer->lookahead)) advance(lexer);
  return emit_here(lexer, TYPE_NAME);
}

// ---- content of JSON bodies

// Behind the colon of a pair: whether what follows is the key of the next pair.
static bool is_key(TSLexer *lexer) {
  int32_t quote = lexer->lookahead;
  if (quote == '"' || quote == '\'') {
    advance(lexer);
    while (lexer->lookahead != quote) {
      if (lexer->lookahead == '\n' || at_end(lexer)) return false;
      if (lexer->lookahead == '\\') advance(lexer);
      if (lexer->lookahead == '\n' || at_end(lexer)) return false;
      advance(lexer);
    }
    advance(lexer);
  } else {
    if (!is_letter(quote) && quote != '$') return false;
    while (is_word(lexer->lookahead) || lexer->lookahead == '$') advance(lexer);
  }
  advance_blanks(lexer);
  return lexer->lookahead == ':';
}

static bool scan_json(TSLexer *lexer, State *state, const bool *valid) {
  int32_t c = lexer->lookahead;
  switch (c) {
    case '{':
      if (valid[JSON_START]) return false;
      advance(lexer);
      if (lexer->lookahead != '{') return false;
      advance(lexer);
      return read_template(lexer) == TEMPLATE && emit_here(lexer, JSON_INTERPOLATION);
    case '}':
    case ']': {
      bool brace = c == '}';
      if (valid[brace ? OUTER_BRACE : OUTER_BRACKET]) {
        state->closing = brace ? TO_BRACE : TO_BRACKET;
        return emit(lexer, brace ? OUTER_BRACE : OUTER_BRACKET);
      }
      state->closing = NOTHING;
      return emit_next(lexer, brace ? CLOSE_BRACE : CLOSE_BRACKET);
    }
    case '/':
      advance(lexer);
      if (lexer->lookahead == '/') return scan_line_comment(lexer);
      if (lexer->lookahead != '*') return false;
      advance(lexer);
      return scan_block_comment(lexer, state);
    default:
      if (c <= 0) return emit_next(lexer, JSON_UNREADABLE);
      return valid[NO_VALUE] && is_key(lexer) && emit(lexer, NO_VALUE);
  }
}

// ---- line oriented bodies

// Behind `_line_start`: the line is known to be content, only its tokens are left.
static bool scan_line(TSLexer *lexer, const bool *valid) {
  bool indented = false;
  for (int32_t c = lexer->lookahead; is_space(c); c = lexer->lookahead) {
    // Indentation is part of a YAML line.
    if (valid[YAML_LINE] && c != '\n') advance(lexer);
    else skip(lexer);
    indented = c != '\n';
  }
  lexer->mark_end(lexer);
  if (valid[VALUE_TEXT]) return scan_text(lexer, 0, VALUE_TEXT, VALUE_INTERPOLATION);
  enum Token line = valid[NEAR_MISS] ? NEAR_MISS : valid[YAML_LINE] ? YAML_LINE : TEXT_LINE;
  if (valid[CONTINUATION_LINE] && indented) line = CONTINUATION_LINE;
  if (!valid[ENTRY_KEY] || line == CONTINUATION_LINE) {
    take_line(lexer, true);
    return emit(lexer, line);
  }
  if (lexer->lookahead == ':') return emit_next(lexer, ENTRY_COLON);
  for (;;) {
    int32_t c = lexer->lookahead;
    if (c == ':') return emit(lexer, ENTRY_KEY);
    if (c == '\n' || at_end(lexer)) return emit(lexer, STRAY_LINE);
    advance(lexer);
    if (c == '\r' && lexer->lookahead == '\n') return emit(lexer, STRAY_LINE);
    if (!is_blank(c)) lexer->mark_end(lexer);
  }
}

// Behind a key's colon or a part of a value.
static bool scan_value(TSLexer *lexer) {
  lexer->mark_end(lexer);
  while (is_blank(lexer->lookahead)) skip(lexer);
  return scan_text(lexer, 0, VALUE_TEXT, VALUE_INTERPOLATION) || emit(lexer, LINE_END);
}

// ---- between tokens of a body, and between sections

// The line ahead ends what is open: closes the innermost container or the section.
static bool close(TSLexer *lexer, State *state, const bool *valid) {
  if (valid[STOP]) {
    state->closing = EVERYTHING;
    return emit(lexer, STOP);
  }
  state->closing = NOTHING;
  return valid[SECTION_END] && emit(lexer, SECTION_END);
}

static bool scan_between(TSLexer *lexer, State *state, const bool *valid) {
  // Between sections the markers stand at the line that they speak of, in a body at the end of what came before.
  bool outside = valid[NEAR_MISS_START] || valid[ATTRIBUTE_OPEN];
  bool json = valid[JSON_UNREADABLE];
  bool line_start = !state->inside_line;
  lexer->mark_end(lexer);
  if (state->closing == EVERYTHING) return close(lexer, state, valid);
  if ((state->closing == TO_BRACE && valid[OUTER_BRACE]) || (state->closing == TO_BRACKET && valid[OUTER_BRACKET])) {
    return emit(lexer, state->closing == TO_BRACE ? OUTER_BRACE : OUTER_BRACKET);
  }
  while (is_space(lexer->lookahead)) {
    int32_t c = lexer->lookahead;
    if (!is_blank(c)) line_start = c == '\n';
    skip(lexer);
  }
  if (at_end(lexer)) return close(lexer, state, valid);
  if (state->in_comment) return scan_block_comment(lexer, state);
  if (outside) lexer->mark_end(lexer);

  int32_t c = lexer->lookahead;
  if (line_start && c == '-') {
    Dashes line = read_dashes(lexer);
    if (line.kind != ORDINARY) {
      if (!outside) return close(lexer, state, valid);
      if (line.kind == NEAR_MISSED) return emit(lexer, NEAR_MISS_START);
      state->option_text = line.option_text;
      return emit(lexer, line.family);
    }
    if (valid[YAML_START]) return emit(lexer, YAML_START);
    return valid[LINE_START] && emit(lexer, LINE_START);
  }
  if (c == '#') {
    advance(lexer);
    if (!line_start || lexer->lookahead != '[') {
      if (valid[YAML_START] && line_start) return emit(lexer, YAML_START);
      return scan_line_comment(lexer);
    }
    if (valid[ATTRIBUTE_OPEN]) return emit_next(lexer, ATTRIBUTE_OPEN);
    if (state->not_attributes > 0) {
      state->not_attributes--;
      return valid[YAML_START] ? emit(lexer, YAML_START) : scan_line_comment(lexer);
    }
    if (is_attribute(lexer, &state->not_attributes)) {
      return outside ? emit(lexer, ATTRIBUTES_START) : close(lexer, state, valid);
    }
    if (valid[YAML_START]) return emit(lexer, YAML_START);
    state->not_attributes++;
    return emit(lexer, NOT_ATTRIBUTE);
  }
  if (json && !valid[LINE_START]) return scan_json(lexer, state, valid);
  if (c == '/' && line_start) {
    advance(lexer);
    if (lexer->lookahead == '/') return scan_line_comment(lexer);
  }
  if (valid[JSON_START] && c == '{') return emit(lexer, JSON_START);
  if (valid[YAML_START]) return emit(lexer, YAML_START);
  if (valid[LINE_START]) return emit(lexer, LINE_START);
  if (c == '/') return false;
  if (valid[VARIABLE_NAME] && is_letter(c)) return scan_variable_name(lexer);
  return valid[EXPR_STRING] && scan_expression_token(lexer, valid);
}

// ---- interface

void *tree_sitter_gctf_external_scanner_create(void) { return ts_calloc(1, sizeof(State)); }

void tree_sitter_gctf_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_gctf_external_scanner_serialize(void *payload, char *buffer) {
  const State *state = payload;
  buffer[0] = (char)(state->inside_line | state->closing << 1 | state->in_comment << 3);
  if (!state->option_text && !state->not_attributes) return 1;
  memcpy(buffer + 1, &state->option_text, sizeof(uint32_t));
  memcpy(buffer + 1 + sizeof(uint32_t), &state->not_attributes, sizeof(uint32_t));
  return 1 + 2 * sizeof(uint32_t);
}

void tree_sitter_gctf_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  State *state = payload;
  memset(state, 0, sizeof *state);
  if (length == 0) return;
  state->inside_line = buffer[0] & 1;
  state->closing = buffer[0] >> 1 & 3;
  state->in_comment = buffer[0] >> 3 & 1;
  if (length == 1) return;
  memcpy(&state->option_text, buffer + 1, sizeof(uint32_t));
  memcpy(&state->not_attributes, buffer + 1 + sizeof(uint32_t), sizeof(uint32_t));
}

static bool scan(TSLexer *lexer, State *state, const bool *valid) {
  if (valid[MISSING_QUOTE]) return scan_string(lexer, state, valid);
  if (valid[CONTINUATION_NEWLINE]) {
    if (lexer->lookahead == '\r') advance(lexer);
    return emit_next(lexer, CONTINUATION_NEWLINE);
  }
  if (valid[HEADER_OPEN] || valid[SECTION_NAME] || valid[HEADER_CLOSE]) return scan_header(lexer, state, valid);
  if (valid[ATTRIBUTE_END]) return scan_attribute(lexer, valid);
  if (valid[LINE_END]) return scan_value(lexer);
  if (valid[ENTRY_KEY] || valid[VALUE_TEXT] || valid[TEXT_LINE] || valid[YAML_LINE] || valid[NEAR_MISS]) {
    return scan_line(lexer, valid);
  }
  if (valid[ENTRY_COLON]) {
    while (is_blank(lexer->lookahead)) skip(lexer);
    return emit_next(lexer, ENTRY_COLON);
  }
  if (valid[EXPRESSION_END]) return scan_expression(lexer, valid);
  if (valid[EXTRACTION_EQUALS]) return scan_extraction(lexer, valid);
  return scan_between(lexer, state, valid);
}

bool tree_sitter_gctf_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  // Every token is valid only in error recovery, which a total grammar does not need.
  if (valid[ERROR_SENTINEL]) return false;
  State *state = payload;
  if (!scan(lexer, state, valid)) return false;
  // These two stand in front of the line's first character.
  state->inside_line = lexer->result_symbol != ATTRIBUTES_START && lexer->result_symbol != NOT_ATTRIBUTE;
  return true;
}
