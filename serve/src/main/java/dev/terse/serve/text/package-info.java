/** Text out of tokens that come one by one: whole characters, stop texts, thinking and answer. */
package dev.terse.serve.text;
