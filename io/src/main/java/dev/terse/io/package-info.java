/**
 * Files: seen whole or not at all, appended to whole or not at all, JSON strictly read; and how
 * rows are packed into passes. Knows no model, no tensor of an engine and no run.
 */
package dev.terse.io;
