/** Packages that Kibana shares with plugins, at the versions of Kibana 8.12.2 and under the same names. */
import * as ElasticCharts from '@elastic/charts';
import * as ElasticEui from '@elastic/eui';
import * as KbnDatemath from '@elastic/datemath';
import * as EmotionCache from '@emotion/cache';
import * as EmotionReact from '@emotion/react';
import Moment from 'moment';
import React from 'react';
import ReactDom from 'react-dom';
import * as Rxjs from 'rxjs';
import * as KbnEsQuery from './es_query';
import * as KbnI18n from './translations';

export const sharedModules = {
  ElasticCharts,
  ElasticEui,
  EmotionCache,
  EmotionReact,
  KbnDatemath,
  KbnEsQuery,
  KbnI18n,
  Moment,
  React,
  ReactDom,
  Rxjs,
};
