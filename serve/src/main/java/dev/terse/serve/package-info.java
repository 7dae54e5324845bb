/** A model behind OpenAI's HTTP interface: what a server is told, and its life. */
package dev.terse.serve;
