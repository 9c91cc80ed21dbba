; A file is one scope: what EXTRACT stores is read by every later document.
(source_file) @local.scope

(extraction
  name: (variable_name) @local.definition.var)

(variable) @local.reference
