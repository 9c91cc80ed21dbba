; Later patterns win.

(comment) @comment

; Headers
(header "---" @punctuation.special)
(section_name) @keyword
(option_name) @attribute
(option "=" @operator)
(option_value) @string.special
(header_junk) @error
(near_miss) @error

; Attributes
(attribute ["#[" "]" "(" ")"] @punctuation.bracket)
(attribute_name) @attribute
(attribute_value) @string.special
(attribute_junk) @comment

; Lines
(preamble (text_line) @comment)
(stray_line) @comment
(value_line) @string.special
(entry_key) @property
(entry ":" @punctuation.delimiter)
(entry_value) @string
(continuation_line) @string

; JSON
(object ["{" "}"] @punctuation.bracket)
(array ["[" "]"] @punctuation.bracket)
(object "," @punctuation.delimiter)
(array "," @punctuation.delimiter)
(pair ":" @punctuation.delimiter)
(string) @string
(escape_sequence) @string.escape
(invalid_escape) @error
(number) @number
[(true) (false)] @boolean
(null) @constant.builtin
(stray) @error
(pair key: (string) @property)
(pair key: (bare_word) @property)
(pair key: (number) @property)
(interpolation) @variable.parameter

; Expressions
(expr_string) @string
(expr_regex) @string.regexp
(expr_number) @number
(constant) @constant.builtin
(path_step) @property
(variable) @variable
(identifier) @function.call
(plugin) @function.builtin
(keyword) @keyword
(operator_word) @keyword.operator
(operator) @operator
(punctuation) @punctuation.delimiter
(expr_junk) @error
((punctuation) @punctuation.bracket
  (#any-of? @punctuation.bracket "(" ")" "[" "]" "{" "}"))
((punctuation) @_colon . (identifier) @type.builtin
  (#eq? @_colon ":")
  (#any-of? @type.builtin
    "bool" "uint" "number" "string" "uuid" "email" "url" "ip" "regex" "yaml" "time" "timestamp" "duration" "json"))
(variable_name) @variable
(type_name) @type.builtin
(extraction ["=" ":"] @operator)
