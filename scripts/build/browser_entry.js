/* global __kbnBundles__, __webpack_require__ */
// What Kibana loads. Nothing of the plugin runs before Kibana asks for it: a failure at load time would stop every page.
__webpack_require__.p = globalThis.__kbnPublicPath__.logAnomalies;
__kbnBundles__.define('plugin/logAnomalies/public', () => require('../../public/index'), 0);
