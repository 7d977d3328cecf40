/** The edge's page in a real browser. */
package org.livepeer.flink.jobs.page;
