;;; emacs -q --batch -l test.el FILE: Eglot with gctf-mode.  -*- lexical-binding: t; -*-
;; FILE is the example's send_message.gctf, its server running. The exit code tells the verdict.

(require 'cl-lib)
(require 'eglot)
(require 'flymake)
(load (expand-file-name "gctf-mode.el" (getenv "GCTF_TEST_PLUGIN")) nil t)
(setq eglot-sync-connect 30 eglot-events-buffer-size 0 flymake-no-changes-timeout 0.1)

(defconst give-up 120 "Seconds that something is waited for; no verdict depends on it.")
(defvar failed nil)

(defun wait (what is-true)
  (let ((end (+ (float-time) give-up)))
    (while (not (funcall is-true))
      (when (> (float-time) end)
        (error "%s does not come; %S" what (mapcar #'flymake-diagnostic-text (flymake-diagnostics))))
      (accept-process-output nil 0.05))))

(defmacro step (name &rest body)
  "Run BODY unless an earlier step has failed."
  `(unless failed
     (condition-case problem
         (progn ,@body (message "ok   %s" ,name))
       (error (setq failed t) (message "FAIL %s: %S" ,name problem)))))

(defun findings ()
  (mapcar (lambda (found) (cons (line-number-at-pos (flymake-diagnostic-beg found)) (flymake-diagnostic-text found)))
          (flymake-diagnostics)))

(defun run-at-point ()
  "Run the test by its action; the message of the server at the end."
  (let* (told (listen (lambda (_format &rest words) (setq told (car (last words))))))
    (advice-add 'eglot--message :before listen)
    (unwind-protect
        (let ((last-nonmenu-event t))
          (cl-letf (((symbol-function 'completing-read)
                     (lambda (_prompt choices &rest _)
                       (cl-assert (equal (mapcar #'car choices) '("Run this document")))
                       (caar choices))))
            (call-interactively #'eglot-code-actions))
          (wait "the end of the run" (lambda () (and (stringp told) (string-match-p "✓\\|✗" told)))))
      (advice-remove 'eglot--message listen))
    told))

(find-file (car command-line-args-left))
(setq command-line-args-left nil)

(step "mode" (cl-assert (eq major-mode 'gctf-mode)))
(step "colours"
  (font-lock-ensure)
  (goto-char (point-min))
  (search-forward "ENDPOINT")
  (cl-assert (eq (get-text-property (1- (point)) 'face) 'font-lock-keyword-face))
  (search-forward "\"room_id")
  (cl-assert (eq (get-text-property (1- (point)) 'face) 'font-lock-variable-name-face)))
(step "server"
  (apply #'eglot (eglot--guess-contact))
  (wait "the server" #'eglot-current-server))
(step "completes a method"
  (goto-char (point-min))
  (search-forward "chat.ChatService/SendMessage")
  (let (offered)
    (wait "the methods"
          (lambda ()
            (let ((capf (eglot-completion-at-point)))
              (setq offered (and capf (all-completions "" (nth 2 capf)))))))
    (cl-assert (cl-find "chat.ChatService/SendMessage" offered :test #'string=) nil "%S" offered)))
(step "finds nothing wrong"
  (cl-assert (null (findings))))
(step "passes"
  (goto-char (point-max))
  (let ((told (run-at-point))) (cl-assert (string-match "✓ [0-9]+ ms" told) nil "%S" told)))
(step "fails on the line"
  (goto-char (point-min))
  (search-forward "\"status\": \"sent")
  (replace-match "\"status\": \"received")
  (let ((line (line-number-at-pos)) (told (run-at-point)))
    (cl-assert (string-match "✗ 1 of 5" told) nil "%S" told)
    (wait "the failure" #'findings)
    (let ((found (findings)))
      (cl-assert (= 1 (length found)))
      (cl-assert (= line (caar found)))
      (cl-assert (string-match-p "got \"sent\", expected \"received\"" (cdar found)) nil "%S" found))))
(step "ends its server"
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server) nil give-up))

(kill-emacs (if failed 1 0))
