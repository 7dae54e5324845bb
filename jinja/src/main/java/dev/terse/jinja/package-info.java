/**
 * Jinja as Hugging Face's chat templates use it: text and variables in, text out. Knows no model,
 * no message and no file.
 */
package dev.terse.jinja;
