import React, { useRef, type ReactElement } from 'react';
import { EuiButtonEmpty, EuiFlexItem } from '@elastic/eui';
import { i18n } from '@kbn/i18n';
import { icon } from '../../kibana/icons';
import { parseDetector } from '../../../common/detector';
import { saveFile } from '../../shared/layout/save_file';
import { useAction } from '../../shared/requests/use_action';
import { checkDraft, documentOf, draftOf, type Draft } from './draft/draft';
import { readKql } from './draft/read_kql';

/** The draft as the file that the command line reads, and back. */
export function YamlButtons({ draft, load }: { draft: Draft; load: (draft: Draft) => void }): ReactElement {
  const { run } = useAction();
  const file = useRef<HTMLInputElement>(null);
  const read = (chosen: File) =>
    run(
      async () => {
        const { parse } = await import('yaml');
        load(draftOf(parseDetector(parse(await chosen.text()))));
      },
      i18n.translate('logAnomalies.yaml.loaded', {
        defaultMessage: '{file} is loaded, but not saved yet',
        values: { file: chosen.name },
      }),
    );
  const write = () =>
    run(async () => {
      const { stringify } = await import('yaml');
      saveFile(
        `${draft.name || 'detector'}.yml`,
        stringify(checkDraft(draft, readKql).detector ?? documentOf(draft)),
        'application/yaml',
      );
    });
  return (
    <>
      <EuiFlexItem grow={false}>
        <input
          ref={file}
          type="file"
          accept=".yml,.yaml,.json"
          hidden
          data-test-subj="logAnomaliesYamlFile"
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            if (chosen) void read(chosen);
            event.target.value = '';
          }}
        />
        <EuiButtonEmpty iconType={icon('importAction')} onClick={() => file.current?.click()}>
          {i18n.translate('logAnomalies.yaml.import', { defaultMessage: 'Import YAML' })}
        </EuiButtonEmpty>
      </EuiFlexItem>
      <EuiFlexItem grow={false}>
        <EuiButtonEmpty iconType={icon('exportAction')} onClick={write}>
          {i18n.translate('logAnomalies.yaml.export', { defaultMessage: 'Export YAML' })}
        </EuiButtonEmpty>
      </EuiFlexItem>
    </>
  );
}
