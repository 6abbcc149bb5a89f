/** A machine that does other things as well takes its time: the five seconds of jest are for an idle one. */
jest.setTimeout(120_000);
