;;; Does what somebody would do, and writes down what was seen.  -*- lexical-binding: t -*-
;; Its arguments are variables: FILE to edit, TRANSCRIPT to write.
(defvar FILE)
(defvar TRANSCRIPT)
(defvar seen "")

(defun say (format &rest arguments)
  (setq seen (concat seen (apply #'format format arguments) "\n")))

(defun finish (code)
  (let ((coding-system-for-write 'utf-8)) (write-region seen nil TRANSCRIPT nil 'silent))
  (kill-emacs code))

(defun wait (what ready)
  "What READY returns as soon as it is true; meanwhile the server is listened to."
  (let ((deadline (+ (float-time) 20)) found)
    (while (not (setq found (funcall ready)))
      (when (> (float-time) deadline) (error "gave up waiting for %s" what))
      (accept-process-output nil 0.02))
    found))

(defun go (text offset)
  "OFFSET characters into TEXT."
  (goto-char (point-min))
  (search-forward text)
  (goto-char (+ (match-beginning 0) offset)))

(defun errors ()
  (seq-filter (lambda (each) (eq (flymake-diagnostic-type each) 'eglot-error)) (flymake-diagnostics)))

(condition-case problem
    (progn
      (find-file FILE)
      (say "mode %s" major-mode)
      ;; Without a window nothing runs this hook, in which Eglot connects.
      (run-hooks 'post-command-hook)
      (wait "the server" #'eglot-managed-p)

      (dolist (each (wait "diagnostics" #'errors))
        (say "diagnostic %d: %s" (line-number-at-pos (flymake-diagnostic-beg each)) (flymake-diagnostic-text each)))

      ;; The unit that is missing is typed, and the error goes. Without a window nobody is ever idle, which is when Eglot tells of changes; it does so when a file is saved.
      (go "slow = 400" 10)
      (insert "ms")
      (save-buffer)
      (wait "the end of the error" (lambda () (null (errors))))
      (say "mended: %s" (buffer-substring (line-beginning-position) (line-end-position)))

      (go "between" 3)
      (delete-char 1)
      (save-buffer)
      (let ((at (flymake-diagnostic-beg (car (wait "the slip" #'errors)))))
        (goto-char at)
        (eglot-code-actions at nil "quickfix" t)
        (save-buffer)
        (wait "the end of the slip" (lambda () (null (errors))))
        (say "fixed: %s" (buffer-substring (line-beginning-position) (line-end-position))))

      (go "GetAds).p99" 8)
      (let ((capf (run-hook-with-args-until-success 'completion-at-point-functions)))
        (say "completion behind the dot: %s" (string-join (all-completions "" (nth 2 capf)) " ")))
      (go "GetAds).p99" 8)
      (delete-char 3)
      (insert "mea")
      (completion-at-point)
      (say "completed: %s" (buffer-substring (line-beginning-position) (line-end-position)))
      (backward-kill-word 1)
      (insert "p99")
      (save-buffer)

      (go "GetAds).p99" 9)
      (let* (shown (eldoc-display-functions (list (lambda (texts _interactive) (setq shown texts)))))
        (eldoc-print-current-symbol-info)
        (wait "the documentation" (lambda () shown))
        (say "hover: %s" (replace-regexp-in-string "\n" " " (mapconcat #'car shown " "))))

      (let ((before (buffer-string)))
        (eglot-format-buffer)
        (say "format: %s" (if (equal before (buffer-string)) "nothing changed" "laid out")))
      (save-buffer)

      (go "let slow" 4)
      (eglot-rename "patience")
      (save-buffer)
      (say "rename slow to patience\n%s" (buffer-string))

      (comment-region (line-beginning-position) (line-end-position))
      (say "comment: %s" (buffer-substring (line-beginning-position) (line-end-position)))

      (let* ((server (eglot-current-server))
             (state (wait "the settings"
                          (lambda ()
                            (let ((state (jsonrpc-request server :scale/catalogState (list :uri (concat "file://" (buffer-file-name))))))
                              (and (plist-get state :source) state))))))
        (say "catalog: %s, %d services" (plist-get state :source) (plist-get state :services)))
      (eglot-shutdown (eglot-current-server)))
  (error
   (say "failed: %s" (error-message-string problem))
   (finish 1)))
(finish 0)
