/* global __kbnBundles__, __webpack_require__ */
// Entry that Kibana loads. Nothing of the plugin runs before Kibana asks for it: a failure at load time would stop every page.
// A Kibana that does not say where the chunks lie leaves them beside this file, which the bundle finds out by itself.
const publicPath = globalThis.__kbnPublicPath__?.logAnomalies;
if (publicPath) __webpack_require__.p = publicPath;
__kbnBundles__.define('plugin/logAnomalies/public', () => require('../../public/index'), 0);
