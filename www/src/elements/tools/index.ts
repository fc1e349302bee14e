/** What stands beside the packet and is loaded when it is first looked at: console, log of calls, pipeline. */
import '../console/index.js';
import '../log/index.js';
import '../pipeline/index.js';
