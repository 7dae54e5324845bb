/** The values of a running template with Python's meaning. Knows neither tokens nor statements. */
package dev.terse.jinja.value;
