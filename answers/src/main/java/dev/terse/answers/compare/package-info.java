/** Whether two answers mean the same: one rule for every two kinds. Knows no completions. */
package dev.terse.answers.compare;
