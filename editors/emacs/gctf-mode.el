;;; gctf-mode.el --- Major mode for .gctf gRPC tests  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages, tools
;; SPDX-License-Identifier: MIT OR Apache-2.0

;;; Commentary:

;; Colours, outline and the entry for Eglot, which brings all the rest: findings, completion, documentation.
;; Eglot draws no lenses; a test is run by M-x eglot-code-actions, anywhere in it.

;;; Code:

(defvar eglot-server-programs)

(defvar gctf-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?_ "_" table)
    table)
  "Comments run from # to the end of the line.")

(defconst gctf--header "^[ \t]*\\(---\\)[ \t]*\\([A-Za-z_]+\\)\\(.*?\\)\\(---\\)[ \t]*$"
  "A header line: dashes, the name, options, dashes.")

(defvar gctf-font-lock-keywords
  `((,gctf--header
     (1 'shadow t) (2 font-lock-keyword-face t) (3 font-lock-variable-name-face t) (4 'shadow t))
    ("\\(\"\\(?:[^\"\\\n]\\|\\\\.\\)*\"\\)[ \t]*:" 1 font-lock-variable-name-face t)
    ("^\\([a-z_]+\\):\\(?:[ \t]\\|$\\)" 1 font-lock-variable-name-face)
    ("{{.*?}}" 0 font-lock-variable-name-face t)
    ("@[a-z_]+\\_>" . font-lock-builtin-face)
    ("\\_<\\(?:true\\|false\\|null\\)\\_>" . font-lock-constant-face))
  "What is coloured without the server's help.")

;;;###autoload
(define-derived-mode gctf-mode prog-mode "gctf"
  "Major mode for .gctf files: declarative gRPC tests."
  (setq-local comment-start "# "
              comment-start-skip "#+[ \t]*"
              indent-tabs-mode nil
              tab-width 2
              outline-regexp "[ \t]*---[ \t]*[A-Za-z_]"
              imenu-generic-expression `((nil ,gctf--header 2))
              font-lock-defaults '(gctf-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.gctf\\'" . gctf-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(gctf-mode . ("gctf" "lsp"))))

(provide 'gctf-mode)
;;; gctf-mode.el ends here
