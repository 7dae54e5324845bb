/**
 * From the text of an answer to its tokens: one spelling for what LaTeX, plain text and Unicode
 * write in many ways. Knows no grammar.
 */
package dev.terse.answers.tokens;
