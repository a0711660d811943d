SET client_encoding = 'UTF8';

CREATE TABLE public.social_security_employer (
    dwbh text NOT NULL
);

COPY public.social_security_employer (dwbh, dwmc, zzjgdm, xzqhmc, hyml, cbrs, jfzt, sccbny, pc) FROM stdin;
S001	杭州青禾软件有限公司	MA2ABCD1-3	余杭区	I	128	正常缴费	201604	202606
S002	杭州临平丝织厂	913301842539012375	杭州市临平区	C	56	正常缴费	199901	202606
S003	绍兴县福全纺织厂	14600001-1	柯桥	C	0	终止缴费	200101	202606
S004	宁波\t江东百货商店	91330204144100035R	鄞县	F	3	暂停缴费	\N	202606
S005	杭州坏码有限公司	12345678-0	余杭区	C	3	正常缴费	202001	202606
S006	杭州某某有限公司	91330100609000043J	江干区	ZZ	3	正常缴费	202001	202606
S007	杭州某某有限公司	91330100609000043J	西湖区	C	三人	正常缴费	202013	202606
\.

--
-- PostgreSQL database dump complete
--
