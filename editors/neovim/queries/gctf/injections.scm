((yaml_body) @injection.content
  (#set! injection.language "yaml")
  (#set! injection.include-children))

((comment) @injection.content
  (#set! injection.language "comment"))

((expr_regex) @injection.content
  (#set! injection.language "regex")
  (#offset! @injection.content 0 1 0 -1))
